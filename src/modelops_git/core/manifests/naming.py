"""Does a manifest say what its path says? Findings on wrong places (MOG116) and bad names (MOG117)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelops_git.core import places, versions
from modelops_git.core.findings import Place
from modelops_git.core.manifests.nodes import Scalar, locate
from modelops_git.core.manifests.scalars import ambiguity
from modelops_git.core.manifests.wording import NAME_RULE, defect, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelops_git.core.findings import Edit, Finding
    from modelops_git.core.manifests.wording import Source
    from modelops_git.core.places import Home

_ENVIRONMENT_KINDS = ("Rollout", "Experiment")
_LAYOUT = (
    "Manifests are modelops.yaml, analyses/<name>.yaml, models/<model>/model.yaml and, beside that, "
    "versions/<version>.yaml, notices/<version>-<n>.yaml, rollouts/<environment>.yaml and "
    "experiments/<environment>.yaml."
)


def misplaced(path: str) -> Finding | None:
    """MOG116 for a YAML file below `models/` or `analyses/` that is no manifest's; None where all is well."""
    folder = path.partition("/")[0]
    is_yaml = path.endswith((".yaml", ".yml"))
    if not is_yaml or folder == path or folder not in {"models", "analyses"} or places.home_of(path):
        return None
    return nowhere(path)


def nowhere(path: str) -> Finding:
    """MOG116 for a path that is no manifest's."""
    ending = path.endswith(".yml") and places.home_of(path.removesuffix(".yml") + ".yaml") is not None
    hint = "Manifests end in .yaml: rename the file." if ending else _LAYOUT
    return defect("MOG116", f"No manifest belongs at {shown(path)}.", Place(path), hint)


def path_findings(path: str, home: Home) -> list[Finding]:
    """MOG117 for each part of `path` that is no legal name."""
    return [defect("MOG117", message, Place(path), hint) for message, hint in _bad_parts(home)]


def _bad_parts(home: Home) -> Iterator[tuple[str, str]]:
    if home.model and not places.is_name(home.model):
        yield f"The path names the model {shown(home.model)}, which is not a name.", NAME_RULE
    stem = shown(home.name)
    if home.kind in {"Analysis", *_ENVIRONMENT_KINDS} and ("/" in home.name or not places.is_name(home.name)):
        yield f"The file is named {stem}, which is not a name.", NAME_RULE
    if home.kind == "ModelVersion" and not versions.is_version(home.name):
        yield f"The file is named {stem}, which is not a semantic version.", "Name it for example 1.2.0.yaml."
    if home.kind == "Notice" and _noticed(home.name) is None:
        yield (
            f"The file is named {stem}, which is not a semantic version and a number.",
            "Name it for example 1.2.0-1.yaml: the version, `-`, and 1 for its first notice.",
        )


def _noticed(stem: str) -> str | None:
    """The version that a notice with this file name is about; None where the name is none of a notice."""
    version, _, number = stem.rpartition("-")
    counts = number.isascii() and number.isdigit() and not number.startswith("0")
    return version if counts and versions.is_version(version) else None


def field_findings(source: Source, home: Home, written: dict[str, Any]) -> list[Finding]:
    """MOG116 for each field that says something else than the path."""
    return [
        _differs(source, name, written[name], said)
        for name, said in _said_by_path(home)
        if isinstance(written.get(name), str) and written[name] != said
    ]


def agrees(home: Home, written: dict[str, Any]) -> bool:
    """Whether no field says something else than the path: `field_findings` would find nothing."""
    return all(written.get(name) == said for name, said in _said_by_path(home))


def _said_by_path(home: Home) -> Iterator[tuple[str, str]]:
    """The fields that a path fixes; nothing where it holds no legal name, which is a finding of its own."""
    if home.model and places.is_name(home.model):
        yield ("name" if home.kind == "Model" else "model"), home.model
    if home.kind == "Analysis" and places.is_name(home.name):
        yield "name", home.name
    if home.kind in _ENVIRONMENT_KINDS and places.is_name(home.name):
        yield "environment", home.name
    if home.kind == "ModelVersion" and versions.is_version(home.name):
        yield "version", home.name
    about = _noticed(home.name) if home.kind == "Notice" else None
    if about is not None:
        yield "version", about


def _differs(source: Source, name: str, written: str, said: str) -> Finding:
    message = f"`{name}` is {shown(written)}, but the path says {shown(said)}."
    hint = f"Write `{name}: {said}`, or move the file to where it belongs."
    return defect("MOG116", message, source.place((name,)), hint, _rewriting(source, name, written, said))


def _rewriting(source: Source, name: str, written: str, said: str) -> tuple[Edit, ...]:
    """The edit that writes what the path says; safe only where the two differ in spelling alone."""
    node = locate(source.root, f"/{name}")
    if not isinstance(node, Scalar):
        return ()
    plain = name == "version" or not ambiguity(said)
    return source.replacing(node, said if plain else f'"{said}"', safe=_spelt_alike(written, said))


def _spelt_alike(left: str, right: str) -> bool:
    return _letters(left) == _letters(right)


def _letters(text: str) -> str:
    """The text without what spelling may change: case, blanks around, a `v` before a version, `_` for `-`."""
    bare = text.strip().lower().replace("_", "-").replace(" ", "-")
    return bare[1:] if bare[:1] == "v" and bare[1:2].isdigit() else bare
