"""From changed paths to what is done: register, promote, rollback, describe, administer."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, cast

from modelops_git.core.authorizing.verdict import Act
from modelops_git.core.places import REGISTRY_FILE, Home, home_of
from modelops_git.core.snapshot import is_under
from modelops_git.core.versions import parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from modelops_git.core.catalog import Catalog
    from modelops_git.core.manifests.model import Model
    from modelops_git.core.manifests.registry import Registry
    from modelops_git.core.manifests.rollout import Rollout
    from modelops_git.core.manifests.rules import Action

RULING = (
    REGISTRY_FILE,
    ".gitattributes",
    ".gitignore",
    ".gitlab-ci.yml",
    ".pre-commit-config.yaml",
    "CODEOWNERS",
    "allowed_signers",
    "docs/CODEOWNERS",
    "revoked_signers",
)
RULING_FOLDERS = (".github", ".gitlab", "analyses", "schemas")
"""What decides about other changes: rules, keys, pipelines, and the analyses that judge rollouts."""
APPROVALS = "approvals"
"""The folder of signed approvals: to bring one is to say something, which needs nobody's leave."""
_OF_KIND: dict[str, Action] = {"ModelVersion": "register", "Notice": "describe", "Model": "describe"}
_PIN = {"version", "manifest_digest"}


class Reach(NamedTuple):
    """Where rollbacks of a model lead in an environment, as its journal knows.

    Attributes:
        back: The digests of version manifests older than what is live that a rollback reaches.
        live: That of what is live, where it completed there; else empty. To ask for it again takes back a
            later version, which was aborted or is held off.
    """

    back: frozenset[str] = frozenset()
    live: str = ""


class Altered(NamedTuple):
    """A change of the registry, as far as it says what is done.

    Attributes:
        paths: The changed paths, relative to the registry's root.
        before: The registry at the merge base.
        after: The registry at the head.
        reached: Where rollbacks lead, by (environment, model); what leads elsewhere is a promotion.
        beside: Changed paths of the repository outside the registry that have a say in it.
    """

    paths: tuple[str, ...]
    before: Catalog
    after: Catalog
    reached: Mapping[tuple[str, str], Reach]
    beside: tuple[str, ...] = ()


def acts_of(change: Altered) -> tuple[Act, ...]:
    """What is done in a change: one act for each changed path, sorted by path."""
    beside = (Act("administer", path) for path in change.beside)
    return tuple(sorted((*_inside(change), *beside), key=lambda act: act.path))


def rules_others(path: str) -> bool:
    """Whether a path, of the repository or of the registry, has a say about other changes."""
    return path in RULING or any(is_under(path, folder) for folder in RULING_FOLDERS)


def _inside(change: Altered) -> Iterator[Act]:
    models = frozenset((*change.before.models(), *change.after.models()))
    stores = tuple(_stores(change.before))
    for path in change.paths:
        if is_under(path, APPROVALS):
            continue
        home = home_of(path)
        if rules_others(path):
            yield Act("administer", path)
        elif home is None or home.kind not in (*_OF_KIND, "Rollout", "Experiment"):
            action: Action = "register" if any(is_under(path, store) for store in stores) else "describe"
            model = _model_around(path, models)
            yield Act(action, path, model, risk=_risk(change, model))
        else:
            yield _of_manifest(change, path, home)


def _of_manifest(change: Altered, path: str, home: Home) -> Act:
    risk = _risk(change, home.model)
    if home.kind in _OF_KIND:
        return Act(_OF_KIND[home.kind], path, home.model, risk=risk)
    return Act(_of_live(change, path, home), path, home.model, home.name, risk)


def _of_live(change: Altered, path: str, home: Home) -> Action:
    """What it is to change a rollout or an experiment.

    It is a rollback to end an experiment, for what is live serves then; and, where nothing else of the
    manifest changes, to name a version that completed there and that a rollback reaches, or the one that is
    live instead of a later one.
    """
    if home.kind == "Experiment":
        return "promote" if change.after.holds(path) else "rollback"
    was = change.before.rollout(home.model, home.name)
    now = change.after.rollout(home.model, home.name)
    if was is None or now is None or was.manifest.manifest_digest == now.manifest.manifest_digest:
        return "promote"
    is_pin_alone = _without(was.written, _PIN) == _without(now.written, _PIN)
    reach = change.reached.get((home.name, home.model), Reach())
    return "rollback" if is_pin_alone and _leads_back(reach, was.manifest, now.manifest) else "promote"


def _leads_back(reach: Reach, was: Rollout, now: Rollout) -> bool:
    if now.manifest_digest == reach.live:
        return parse(now.version) < parse(was.version)
    return now.manifest_digest in reach.back


def _without(written: Mapping[str, object], fields: Iterable[str]) -> dict[str, object]:
    return {key: value for key, value in written.items() if key not in fields}


def _risk(change: Altered, model: str) -> str:
    """The risk class as it was before the change: of a new model its own word, if unreadable the highest."""
    if not model:
        return ""
    was_there = change.before.holds(Home("Model", model).path)
    document = (change.before if was_there else change.after).model(model)
    return cast("Model", document.manifest).risk if document else "high"


def _stores(catalog: Catalog) -> Iterator[str]:
    """The folders of the registry that hold artifacts, as its rules say."""
    document = catalog.registry
    if document is None:
        return
    for store in cast("Registry", document.manifest).stores.values():
        if store.uri.startswith("file:") and not store.uri.startswith("file:/"):
            yield store.uri.removeprefix("file:").removeprefix("./").rstrip("/")


def _model_around(path: str, models: frozenset[str]) -> str:
    """The model in whose folder a path lies; empty where it lies in none."""
    parts = path.split("/")[1:-1] if path.startswith("models/") else []
    names = ("/".join(parts[:end]) for end in range(len(parts), 0, -1))
    return next((name for name in names if name in models), "")
