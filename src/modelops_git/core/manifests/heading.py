"""The first two lines of a manifest: `api_version` and `kind`. Findings on them (MOG111, MOG116)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelops_git.core.manifests.kinds import KINDS
from modelops_git.core.manifests.nodes import Scalar, locate
from modelops_git.core.manifests.wording import defect, listed, shown

if TYPE_CHECKING:
    from modelops_git.core.findings import Edit, Finding
    from modelops_git.core.manifests.nodes import MapNode, Node
    from modelops_git.core.manifests.wording import Source
    from modelops_git.core.places import Home

API_VERSION = "modelops/v1"


def says_its_kind(written: dict[str, Any], home: Home) -> bool:
    """Whether a document begins as one of the path's kind must: `head_findings` would find nothing."""
    names = [name for name, _ in zip(written, range(2), strict=False)]
    return (
        names == ["api_version", "kind"]
        and written["api_version"] == API_VERSION
        and written["kind"] == home.kind
    )


def head_findings(source: Source, root: MapNode, home: Home) -> tuple[list[Finding], bool]:
    """What is wrong with `api_version` and `kind`, and whether the rest can be judged by the path's kind."""
    heads = {key: entry.value for key, entry in root.by_key.items()}
    version, kind = _text(heads.get("api_version")), _text(heads.get("kind"))
    findings = []
    if version != API_VERSION and "api_version" in heads:
        findings.append(_bad_version(source, version))
    if kind != home.kind and "kind" in heads:
        findings.append(_bad_kind(source, kind, home))
    if findings:
        return findings, False
    spelt = {_letters(name) for name in heads}  # a misspelt one is told of as an unknown field
    missing = [name for name in ("api_version", "kind") if name not in heads]
    absent = [name for name in missing if _letters(name) not in spelt]
    if absent:
        return [_absent(source, absent, home)], True
    return [] if missing else _order_findings(source, tuple(heads)), True


def _letters(name: str) -> str:
    return "".join(letter for letter in name if letter.isalnum()).lower()


def _text(node: Node | None) -> str | None:
    return node.value if isinstance(node, Scalar) else None


def _absent(source: Source, names: list[str], home: Home) -> Finding:
    said = {"api_version": API_VERSION, "kind": home.kind}
    hint = f"Begin the file with {listed(f'{name}: {said[name]}' for name in names)}."
    return defect("MOG111", f"The document lacks {listed(names)}.", source.place(()), hint)


def _bad_version(source: Source, version: str | None) -> Finding:
    what = "no text" if version is None else shown(version)
    place = source.place(("api_version",))
    hint = f"Write `api_version: {API_VERSION}`; a newer version needs a newer modelops-git."
    return defect("MOG111", f"`api_version` is {what}, which is unknown.", place, hint)


def _bad_kind(source: Source, kind: str | None, home: Home) -> Finding:
    place = source.place(("kind",))
    if kind in KINDS:
        hint = f"Write `kind: {home.kind}`, or move the file to where a {kind} belongs."
        return defect("MOG116", f"`kind` is {kind}, but a {home.kind} belongs here.", place, hint)
    from difflib import get_close_matches

    near = get_close_matches((kind or "")[:64], KINDS, n=1)
    meant = near[0] if near else home.kind
    hint = f"Did you mean `{meant}`? The kinds are {listed(KINDS)}."
    what = "no text" if kind is None else shown(kind)
    return defect(
        "MOG111", f"`kind` is {what}, which is unknown.", place, hint, _kind_edit(source, kind, home)
    )


def _kind_edit(source: Source, kind: str | None, home: Home) -> tuple[Edit, ...]:
    """The edit that writes the path's kind where only case or blanks differ."""
    node = locate(source.root, "/kind")
    if kind is None or not isinstance(node, Scalar):
        return ()
    return source.replacing(node, home.kind) if _letters(kind) == home.kind.lower() else ()


def _order_findings(source: Source, names: tuple[str, ...]) -> list[Finding]:
    """MOG116 where `api_version` and `kind` are there but do not come first."""
    first = ("api_version", "kind")
    if names[:2] == first or not set(first) <= set(names):
        return []
    late = next(name for name, at in zip(first, names, strict=False) if name != at)
    message = f"{listed(first)} come first in a manifest, in this order."
    return [defect("MOG116", message, source.key_place((late,)), "Move them to the top of the file.")]
