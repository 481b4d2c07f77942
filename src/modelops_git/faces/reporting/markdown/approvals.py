"""Which approvals a change still needs, and from whom: named as code, so that nobody is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelops_git.core.markdown import code
from modelops_git.faces.reporting.markdown.layout import Part, Section, bounded, heading, table
from modelops_git.faces.reporting.text import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from modelops_git.core.authorizing.verdict import Act, Need
    from modelops_git.engine.reviewing.ruling import Ruled

MOST_ROWS = 30
MOST_NAMED = 8
_ROOM = 12_000
_HEADER = ("For", "Needs", "From", "Given by", "Who else could")


def missing_text(needs: Sequence[Need] | None) -> str:
    """How many approvals are missing, at least: one person's may count for several rules."""
    return f"Waits for {counted(max((need.missing for need in needs or ()), default=0), 'approval')}"


def approval_sections(ruled: Ruled) -> Iterator[Section]:
    """A table of what rules ask for; nothing where that is not known."""
    needs = ruled.needs
    if needs is None:
        return
    title = heading("Approvals")
    if not needs:
        yield Section((Part(f"{title}\n\nThe rules ask for none.", 1, "approval table"),))
        return
    groups: dict[tuple[object, ...], list[Need]] = {}
    for need in sorted(needs, key=lambda one: -one.missing):
        key = (need.act.action, need.act.environment, need.rule, need.wanted, need.given, need.candidates)
        groups.setdefault(key, []).append(need)
    rows = bounded((_row(group) for group in list(groups.values())[:MOST_ROWS]), _ROOM)
    rest = len(groups) - len(rows)
    more = f"\n\nand {counted(rest, 'more rule')}" if rest else ""
    body = table(_HEADER, rows)
    more += "" if ruled.is_known else "\n\nNobody was asked here who has approved it already."
    yield Section((Part(f"{title}\n\n{body}{more}", 1, "approval table"),))


def _row(group: Sequence[Need]) -> tuple[str, ...]:
    need = group[0]
    state = "✅ all given" if not need.missing else f"⏳ **{need.missing} more** of {need.wanted}"
    return (
        _acts([one.act for one in group]),
        state,
        _codes(need.groups) + f" (rule {need.rule + 1})",
        _codes(need.given),
        _codes(need.candidates) if need.missing else "–",
    )


def _acts(acts: Sequence[Act]) -> str:
    names = list(dict.fromkeys(one.model for one in acts if one.model))
    where = f" in {code(acts[0].environment)}" if acts[0].environment else ""
    return f"{acts[0].action}{where}" + (f": {_codes(names)}" if names else "")


def _codes(names: Sequence[str]) -> str:
    rest = len(names) - MOST_NAMED
    said = ", ".join(code(name, 120) for name in names[:MOST_NAMED]) or "–"
    return f"{said} and {rest} more" if rest > 0 else said
