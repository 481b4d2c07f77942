"""A registry whose models were promoted many times: its commits, the journal's, and what the target serves.

The journal is written by the code that writes journals, all of it by one `git fast-import`, so that a hundred
thousand entries are there within a minute. Each run has the entries that an apply writes: begun, verified,
announced, observed, ended. Models take turns, as they do where many teams promote.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import registry
from modelops_git.core.digests import of_json
from modelops_git.core.journal import chain
from modelops_git.core.journal.entry import ArtifactsVerified, Genesis
from modelops_git.core.journal.people import Actor
from modelops_git.core.journal.runs import RunEnded, RunStarted, Step, StepIntent, StepObserved
from modelops_git.core.manifests.parse import parse_document
from modelops_git.core.routes import Route, Stamp, generation_of
from modelops_git.edges.git.journal_wire import import_stream
from modelops_git.edges.targets.gateway import RouteTable
from modelops_git.engine.intent import route_to

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from modelops_git.core.journal.chain import Link
    from modelops_git.core.journal.entry import Payload
    from modelops_git.core.journal.state import EnvironmentState, ModelState

ENVIRONMENT = "production"
JOURNAL = f"refs/heads/modelops/benchmark/journal/{ENVIRONMENT}"
RUN = 5
"""How many entries a run has."""
BEGUN = datetime(2026, 6, 1, tzinfo=UTC)
BETWEEN = timedelta(minutes=5)
IDENTITY = {
    f"GIT_{role}_{what}": value
    for role in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "Benchmark"), ("EMAIL", "benchmark@example.com"))
}
REGISTRY = """\
api_version: modelops/v1
kind: Registry
name: benchmark
default_store: primary
stores:
  primary:
    uri: file:.modelops/store
strategies:
  standard:
    type: immediate
environments:
  - name: production
    targets:
      - {models: ["*"], type: gateway, uri: "file:.modelops/live"}
groups:
  ml-engineers: ["github:ana", "github:bo"]
"""


@dataclass(frozen=True, slots=True)
class Promoted:
    """What was made.

    Attributes:
        root: A clone of `remote` with everything that it needs, journals included, and none of it read yet.
        remote: The bare repository with main and the journal.
        models: The models' names.
        entries: How many entries the journal has, the first included.
        env: The environment for git.
    """

    root: Path
    remote: Path
    models: tuple[str, ...]
    entries: int
    env: Mapping[str, str]

    def git(self, *args: str, stdin: bytes = b"") -> str:
        """What git says in the clone."""
        return git(self.root, self.env, *args, stdin=stdin)


def promoted(folder: Path, models: int, runs: int, env: Mapping[str, str]) -> Promoted:
    """Make a registry of `models` models, each promoted and rolled back in turns, `runs` times in all.

    Raises:
        ValueError: There are fewer runs than models.
    """
    if runs < models:
        raise ValueError(f"{models} models cannot all be live after {runs} promotions")
    names = tuple(f"team-{index % 7}/model-{index:05d}" for index in range(models))
    env = {**env, **IDENTITY}
    remote, root = folder / "remote.git", folder / "clone"
    folder.mkdir(parents=True)
    git(folder, env, "init", "--quiet", "--bare", f"--initial-branch={registry.BRANCH}", str(remote))
    last = [runs // models + (index < runs % models) for index in range(models)]
    texts = dict(_files(names, last))
    git(remote, env, "fast-import", "--quiet", stdin=b"".join(registry.one_commit(texts)))
    commit = git(remote, env, "rev-parse", registry.BRANCH)
    routes = {name: [_route(texts, name, minor) for minor in range(2)] for name in names}
    story = _Story(routes, commit)
    _import(remote, env, story.links(names, runs))
    git(folder, env, "clone", "--quiet", str(remote), str(root))
    for name in names:
        _serve(root, story.models[name])
    return Promoted(root, remote, names, 1 + RUN * runs, env)


def git(folder: Path, env: Mapping[str, str], *args: str, stdin: bytes = b"") -> str:
    """What git says in `folder`."""
    command = ["git", "-C", str(folder), *args]
    return (
        subprocess.run(command, env=env, input=stdin, check=True, capture_output=True).stdout.decode().strip()
    )


def rollout_text(model: str, minor: int, digest: str) -> str:
    """A rollout manifest that asks for version 1.`minor`.0."""
    text = registry.ROLLOUT.format(model=model, environment=ENVIRONMENT, digest=digest)
    return text.replace("version: 1.0.0", f"version: 1.{minor}.0")


def _files(names: Sequence[str], runs: Sequence[int]) -> Iterator[tuple[str, str]]:
    yield "modelops.yaml", REGISTRY
    for name, count in zip(names, runs, strict=True):
        yield f"models/{name}/model.yaml", registry.MODEL.format(model=name)
        for minor in range(2):
            yield registry.version_path(name, minor), registry.version_text(name, minor)
        minor = (count - 1) % 2
        digest = registry.manifest_digest(
            registry.version_path(name, minor), registry.version_text(name, minor)
        )
        yield f"models/{name}/rollouts/{ENVIRONMENT}.yaml", rollout_text(name, minor, digest)


def _route(texts: Mapping[str, str], model: str, minor: int) -> Route:
    path = registry.version_path(model, minor)
    document = parse_document(path, texts[path].encode()).document
    assert document is not None
    return route_to(document)


class _Story:
    """Writes what happened, entry after entry, and knows what it led to."""

    def __init__(self, routes: Mapping[str, Sequence[Route]], commit: str) -> None:
        self.routes, self.commit = routes, commit
        self.models: dict[str, ModelState] = {}
        self._tip: EnvironmentState | None = None
        self._now = BEGUN

    def links(self, names: Sequence[str], runs: int) -> Iterator[Link]:
        """Every entry."""
        yield from self._tell("", [Genesis(registry="benchmark", environment=ENVIRONMENT)])
        for number in range(runs):
            self._now += BETWEEN
            name = names[number % len(names)]
            yield from self._tell(name, self._run(name, number, number // len(names) % 2))

    def _tell(self, name: str, payloads: Sequence[Payload]) -> Iterator[Link]:
        known = {name: self.models[name]} if name in self.models else {}
        writer = chain.Writer(Actor(name="CI <ci@example.com>"), self._now, "0.1.0")
        for link in chain.extend(self._tip, known, payloads, writer):
            self._tip = link.environment
            if link.model is not None:
                self.models[name] = link.model
            yield link

    def _run(self, model: str, number: int, minor: int) -> list[Payload]:
        run, route = f"run-{number:08d}", self.routes[model][minor]
        before = self.models[model].routes if model in self.models else ()
        routes = (route,)
        step = Step(action="promote" if minor or not before else "rollback", routes=routes)
        begin = 0 if self._tip is None else self._tip.sequence + 1
        started = RunStarted(
            model=model,
            run=run,
            action=step.action,
            generation=generation_of(model, ENVIRONMENT, routes, "immediate"),
            desired_commit=self.commit,
            before=before,
            after=routes,
            steps=(step,),
            steps_hash=of_json([step.as_json()]),
            plan_digest=of_json(number),
            author="Ana <ana@example.com>",
        )
        return [
            started,
            ArtifactsVerified(
                model=model,
                version=route.version,
                run=run,
                artifacts_digest=route.artifacts,
                mode="full",
                bytes=181288,
            ),
            StepIntent(model=model, run=run, index=0, action=step.action, routes=routes),
            StepObserved(
                model=model, run=run, index=0, routes=routes, stamp=Stamp(run=run, sequence=begin + 2)
            ),
            RunEnded(model=model, run=run, result="succeeded"),
        ]


def _import(remote: Path, env: Mapping[str, str], links: Iterator[Link]) -> None:
    command = ["git", "-C", str(remote), "fast-import", "--quiet", "--done", "--date-format=raw"]
    with subprocess.Popen(command, env=env, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        for piece in import_stream(JOURNAL, None, links):
            process.stdin.write(piece)
        process.stdin.write(b"done\n")
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)


def _serve(root: Path, state: ModelState) -> None:
    """What the target would have written, without waiting for the disk ten thousand times."""
    assert state.stamp is not None
    table = RouteTable(model=state.model, routes=state.routes, stamp=state.stamp)
    path = root / ".modelops" / "live" / "routes" / f"{state.model}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(table.to_bytes())
