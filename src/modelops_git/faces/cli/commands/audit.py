"""`modelops audit verify`, `modelops audit log` and `modelops audit anchor`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import click

from modelops_git.core.errors import UsageError
from modelops_git.faces.cli.answer import Answer
from modelops_git.faces.cli.exit_codes import ExitCode
from modelops_git.faces.cli.options import takes_session

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelops_git.core.journal.chain import Problem
    from modelops_git.edges.git.journal import Past
    from modelops_git.engine.audit import Verdict
    from modelops_git.engine.ground import Ground
    from modelops_git.faces.cli.session import Session
    from modelops_git.faces.reporting.lines import Line, Part

COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}", re.ASCII)


@click.group("audit")
def command() -> None:
    """Verify or print the record."""


@command.command("verify")
@takes_session
@click.option(
    "--env", "environments", multiple=True, metavar="ENV", help="Only this environment; may be repeated."
)
@click.option(
    "--anchor",
    "anchors",
    multiple=True,
    is_flag=False,
    flag_value="",
    metavar="[ENV=]COMMIT",
    help="A tip noted before: who rewrote the journal since is found out. May be repeated. Without a value: "
    "the anchor in modelops.yaml must hold notes of the journals.",
)
def verify_command(session: Session, environments: tuple[str, ...], anchors: tuple[str, ...]) -> Answer:
    """Tell whether the journals are whole: every entry, its place in the chain, and the stored state.

    Where modelops.yaml names an anchor, all that was noted there must be in the journals. Without an anchor
    somebody who may rewrite the branch can chain it anew, and this does not show: note the tip that is
    printed, and give it as --anchor the next time.
    """
    from modelops_git.engine.audit import verify

    grounds = _grounds(session, environments)
    by_environment = _anchors(tuple(filter(None, anchors)), [ground.name for ground in grounds])
    verdicts = [
        verify(ground, by_environment.get(ground.name, ""), must_be_anchored="" in anchors)
        for ground in grounds
    ]
    is_whole = all(verdict.is_whole for verdict in verdicts)
    lines = [line for verdict in verdicts for line in _verdict_lines(verdict)]
    code = ExitCode.OK if is_whole else ExitCode.AUDIT
    return Answer({"whole": is_whole, "journals": [_verdict_json(one) for one in verdicts]}, lines, code)


@command.command("anchor")
@takes_session
@click.option(
    "--env", "environments", multiple=True, metavar="ENV", help="Only this environment; may be repeated."
)
def anchor_command(session: Session, environments: tuple[str, ...]) -> Answer:
    """Note the newest entry of each journal in the anchor that modelops.yaml names.

    What changes a journal does this by itself; by hand it begins an anchor, or makes up for failed notes.
    """
    from modelops_git.engine.anchoring import note_now

    noted = [(ground.name, note_now(ground)) for ground in _grounds(session, environments)]
    lines = [
        f"{name}: entry {one.sequence} {'is noted' if one.is_new else 'was noted before'} in {one.uri}"
        for name, one in noted
    ]
    data = [
        {
            "environment": name,
            "anchor": one.uri,
            "entry": one.sequence,
            "commit": one.commit,
            "new": one.is_new,
        }
        for name, one in noted
    ]
    return Answer({"noted": data}, lines)


@command.command("log")
@takes_session
@click.argument("model", required=False, default="")
@click.option(
    "--env", "environments", multiple=True, metavar="ENV", help="Only this environment; may be repeated."
)
def log_command(session: Session, model: str, environments: tuple[str, ...]) -> Answer:
    """Print the entries of the journals, oldest first."""
    from modelops_git.core.references import find_model
    from modelops_git.engine.audit import log
    from modelops_git.engine.intent import known_intent
    from modelops_git.faces.reporting.tables import table

    grounds = _grounds(session, environments)
    found = [(ground.name, past) for ground in grounds for past in log(ground, model)]
    if model and not found:
        find_model(known_intent(session.repository()).catalog, model)
    header = ("ENVIRONMENT", "ENTRY", "AT", "TYPE", "MODEL", "BY", "COMMIT")
    rows = [_cells(name, past) for name, past in found]
    data = [
        {"environment": name, "commit": past.commit, "entry": past.entry.as_json()} for name, past in found
    ]
    return Answer({"entries": data}, table(header, rows) or ["There are no entries."])


def _grounds(session: Session, environments: tuple[str, ...]) -> list[Ground]:
    from modelops_git.engine.ground import stand
    from modelops_git.engine.intent import known_intent

    repository = session.repository()
    registry = known_intent(repository).registry
    names = environments or tuple(one.name for one in registry.environments)
    return [stand(repository, registry, name) for name in names]


def _anchors(given: tuple[str, ...], environments: list[str]) -> dict[str, str]:
    anchors = {}
    for text in given:
        name, _, commit = text.rpartition("=")
        if not name and len(environments) != 1:
            raise UsageError(
                f"which environment's journal is {text} an anchor of?", hint="Write --anchor ENV=COMMIT."
            )
        if not COMMIT.fullmatch(commit):
            raise UsageError(
                f"{commit!r} is not the full name of a commit", hint="Give all 40 digits of the tip."
            )
        if name and name not in environments:
            raise UsageError(f"{name} is not among the audited environments: {', '.join(environments)}")
        anchors[name or environments[0]] = commit
    return anchors


def _verdict_lines(verdict: Verdict) -> list[Line]:
    from modelops_git.faces.reporting.lines import Span, Style

    anchored = _anchored(verdict)
    if verdict.is_whole:
        word: Part = Span("whole", Style.GOOD)
        return [
            (f"{verdict.environment}: {_entries(verdict.entries)}, ", word, f", {anchored}"),
            f"  tip {verdict.tip}",
            *(f"  {sentence}" for sentence in _not_covered(verdict)),
        ]
    head: Line = (f"{verdict.environment}: ", Span("broken", Style.BAD), f", {anchored}")
    return [head, *(f"  {sentence}" for sentence in _told(verdict.problems))]


def _anchored(verdict: Verdict) -> str:
    if verdict.anchor:
        return f"anchored at {verdict.anchor[:12]}"
    if verdict.upto is not None:
        return f"anchored up to entry {verdict.upto} of {verdict.entries - 1}"
    return "not anchored"


def _not_covered(verdict: Verdict) -> list[str]:
    """What the anchor of the registry says nothing about."""
    if verdict.notes is None:
        return []
    told = []
    if verdict.upto is None and not verdict.notes.loose:
        told.append(f"the anchor {verdict.notes.uri} holds no note of it; `modelops audit anchor` begins")
    elif verdict.upto is not None and (newer := verdict.entries - 1 - verdict.upto):
        told.append(f"not anchored: {_entries(newer)} at its end; `modelops audit anchor` notes the newest")
    if loose := len(verdict.notes.loose):
        told.append(f"{loose} of the notes in {verdict.notes.uri} can be removed: no retention is seen")
    return told


def _told(problems: Sequence[Problem]) -> list[str]:
    """The first broken entry with all that is wrong with it; what follows from it is only counted."""
    broken = list(dict.fromkeys(one.entry for one in problems if one.entry is not None))
    told = [str(one) for one in problems if one.entry is None or one.entry == broken[0]]
    after = len(broken) - 1
    if after > 0:
        of_entries = sum(one.entry == broken[0] for one in problems)
        does = "does" if after == 1 else "do"
        told.insert(of_entries, f"and {_entries(after)} after it {does} not follow from it")
    return told


def _entries(number: int) -> str:
    return "1 entry" if number == 1 else f"{number:,} entries"


def _verdict_json(verdict: Verdict) -> dict[str, Any]:
    return {
        "environment": verdict.environment,
        "whole": verdict.is_whole,
        "anchored": verdict.is_anchored,
        "anchor": verdict.anchor or (verdict.notes.uri if verdict.notes else None),
        "anchored_up_to": verdict.upto,
        "entries": verdict.entries,
        "tip": verdict.tip or None,
        "problems": [str(problem) for problem in verdict.problems],
    }


def _cells(environment: str, past: Past) -> tuple[str, ...]:
    from modelops_git.faces.reporting.deployments import NONE, time_text

    entry = past.entry
    return (
        environment,
        str(entry.sequence),
        time_text(entry.at),
        entry.payload.type,
        entry.model or NONE,
        entry.actor.name,
        past.commit[:12],
    )
