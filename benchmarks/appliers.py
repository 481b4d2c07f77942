"""Eight appliers at once on one remote: what reaches the journal, and how many pushes that takes.

Each is a process in a clone of its own, as runners of CI are. A `git` that stands before the real one on
their path writes down every push that they attempt, also those that the remote refuses or never sees.
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import registry
from promotions import ENVIRONMENT, IDENTITY, JOURNAL, REGISTRY, git, rollout_text
from tables import Amount, Section, milliseconds, table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from peers import Peers

APPLIERS = 8
MODELS = [f"model-{number}" for number in range(APPLIERS)]
AIM = 3
FILE = b'{"0": "setosa", "1": "versicolor", "2": "virginica"}\n'
SHIM = """\
#!/bin/sh
case " $* " in *" push "*/journal/*) echo push >> {log};; esac
exec {git} "$@"
"""


@dataclass(frozen=True, slots=True)
class Done:
    """What became of it.

    Attributes:
        seconds: From the first start to the last end.
        entries: How many entries were written.
        pushes: How many pushes were attempted.
        failed: How many appliers failed.
    """

    seconds: float
    entries: int
    pushes: int
    failed: int


def measure(peers: Peers, folder: Path, *, rounds: int) -> Section:
    """Let eight appliers loose on eight models, `rounds` times in each way."""
    ways = {"all merged before": _apply, "each merges its own": _merge_and_apply}
    done = [
        (way, _round(peers, folder / f"{number}-{act.__name__}", act))
        for way, act in ways.items()
        for number in range(rounds)
    ]
    head = ("way", "wall clock", "entries", "pushes", "pushes an entry", "aim", "met")
    note = (
        f"{APPLIERS} models, {APPLIERS} clones. *All merged before*: then {APPLIERS} `modelops apply` begin "
        "at once. *Each merges its own*: each clone pushes the rollout of one model to main, when it can, "
        "and applies. Pushes are those to the journal, also the ones that lost."
    )
    return Section(
        "Eight appliers at once", Amount(milliseconds), (), (), [table(head, map(_row, done)), note]
    )


def _row(found: tuple[str, Done]) -> list[str]:
    way, done = found
    each = done.pushes / done.entries
    met = "yes" if each < AIM and not done.failed else "**no**"
    return [
        way,
        milliseconds(done.seconds),
        str(done.entries),
        str(done.pushes),
        f"{each:.2f}",
        f"< {AIM}",
        met,
    ]


def _round(peers: Peers, folder: Path, act: Callable[[Peers, Path, Mapping[str, str]], bool]) -> Done:
    clones, env, log = _prepare(peers, folder, merged=act is _apply)
    begun = time.perf_counter()
    with ThreadPoolExecutor(APPLIERS) as pool:
        succeeded = list(pool.map(lambda clone: act(peers, clone, env), clones))
    seconds = time.perf_counter() - begun
    count = int(git(folder / "remote.git", env, "rev-list", "--count", JOURNAL))
    if act is _merge_and_apply:
        succeeded.append(_apply(peers, clones[0], env))  # whoever came late may have left nothing to do
    return Done(seconds, count - 1, log.read_text().count("push"), succeeded.count(False))


def _apply(peers: Peers, clone: Path, env: Mapping[str, str]) -> bool:
    command: list[str | Path] = [peers.modelops, "apply"]
    return not subprocess.run(command, cwd=clone, env=env, check=False, capture_output=True).returncode


def _merge_and_apply(peers: Peers, clone: Path, env: Mapping[str, str]) -> bool:
    path, text = _rollout(clone.name)
    (clone / path).parent.mkdir(parents=True)
    (clone / path).write_text(text, encoding="utf-8")
    git(clone, env, "add", path)
    git(clone, env, "commit", "--quiet", "--message", f"Ask for {clone.name}")
    for _ in range(100):
        git(clone, env, "pull", "--quiet", "--rebase", "origin", registry.BRANCH)
        with contextlib.suppress(subprocess.CalledProcessError):  # somebody else was faster
            git(clone, env, "push", "--quiet", "origin", registry.BRANCH)
            return _apply(peers, clone, env)
    return False


def _prepare(peers: Peers, folder: Path, *, merged: bool) -> tuple[list[Path], Mapping[str, str], Path]:
    """Clones, the environment for the appliers, and where their pushes are counted."""
    env = {**peers.env, **IDENTITY}
    folder.mkdir(parents=True)
    remote, log = folder / "remote.git", folder / "pushes"
    git(folder, env, "init", "--quiet", "--bare", f"--initial-branch={registry.BRANCH}", str(remote))
    files = dict(_files(folder)) | (dict(map(_rollout, MODELS)) if merged else {})
    git(remote, env, "fast-import", "--quiet", stdin=b"".join(registry.one_commit(files)))
    clones = [folder / model for model in MODELS]
    for clone in clones:
        git(folder, env, "clone", "--quiet", str(remote), str(clone))
    command: list[str | Path] = [peers.modelops, "journal", "create", ENVIRONMENT]
    subprocess.run(command, cwd=clones[0], env=env, check=True, capture_output=True)
    shim = folder / "bin" / "git"
    shim.parent.mkdir()
    shim.write_text(SHIM.format(log=log, git=shutil.which("git", path=env["PATH"])))
    shim.chmod(0o755)
    log.touch()
    return clones, {**env, "PATH": f"{shim.parent}:{env['PATH']}"}, log


def _files(folder: Path) -> Iterator[tuple[str, str]]:
    yield "modelops.yaml", REGISTRY.replace("file:.modelops/", f"file:{folder}/")
    for model in MODELS:
        path, text = registry.version_path(model, 0), _version(model)
        yield f"models/{model}/model.yaml", registry.MODEL.format(model=model)
        yield path, text
        _store(folder, path, text)


def _rollout(model: str) -> tuple[str, str]:
    digest = registry.manifest_digest(registry.version_path(model, 0), _version(model))
    return f"models/{model}/rollouts/{ENVIRONMENT}.yaml", rollout_text(model, 0, digest)


def _version(model: str) -> str:
    """A version whose one file is there."""
    before, _, rest = registry.version_text(model, 0).partition("artifacts:\n")
    _, _, after = rest.partition("interface:\n")
    digest = hashlib.sha256(FILE).hexdigest()
    artifact = f'{{path: labels.json, role: other, format: json, sha256: "{digest}", size: {len(FILE)}}}'
    return f"{before}artifacts:\n  - {artifact}\ninterface:\n{after}"


def _store(folder: Path, path: str, text: str) -> None:
    from modelops_git.core.artifacts import artifact_prefix, artifacts_digest
    from modelops_git.core.manifests.parse import parse_document

    document = parse_document(path, text.encode()).document
    assert document is not None
    manifest = document.manifest
    prefix = artifact_prefix(manifest.model, manifest.version, artifacts_digest(document.written))
    file = folder / "store" / f"{prefix}labels.json"
    file.parent.mkdir(parents=True)
    file.write_bytes(FILE)
