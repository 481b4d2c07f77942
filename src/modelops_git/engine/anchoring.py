"""The journal's anchor: the tip is noted where those who can rewrite the branch cannot reach.

A note that fails stops nothing: a rollout, and an abort above all, matter more. The next note covers what the
lost one would have, since the entries are a chain; until then an audit says how far behind the anchor is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from modelops_git.core.errors import ModelopsError, UsageError

if TYPE_CHECKING:
    from modelops_git.core.journal.anchor import Note
    from modelops_git.edges.anchors.base import Anchor
    from modelops_git.edges.git.journal import Tip
    from modelops_git.engine.ground import Ground

_LONGEST_NAME = 200


class Notes(NamedTuple):
    """What an anchor holds of one journal.

    Attributes:
        uri: Where the anchor is.
        kept: The notes that the place keeps from being removed.
        loose: Those that it does not keep, or no longer.
    """

    uri: str
    kept: tuple[Note, ...]
    loose: tuple[Note, ...]


class Noted(NamedTuple):
    """What was noted by hand.

    Attributes:
        uri: Where the anchor is.
        sequence: The number of the journal's newest entry.
        commit: Its commit.
        is_new: Whether it was not noted before.
    """

    uri: str
    sequence: int
    commit: str
    is_new: bool


def note(ground: Ground, tip: Tip) -> str:
    """Note `tip` in the anchor of the registry, if it has one; why that was not possible, or nothing.

    Takes seconds at the most where the anchor cannot be reached.
    """
    if ground.registry.journal.anchor is None:
        return ""
    try:
        _anchor(ground).add(_note_of(ground, tip))
    except (ModelopsError, OSError) as error:
        said = error.message if isinstance(error, ModelopsError) else str(error)
        return f"entry {tip.environment.sequence} of the journal of {ground.name} is not anchored: {said}"
    return ""


def note_now(ground: Ground) -> Noted:
    """Note the tip of the environment's journal, unless that was done before.

    Raises:
        UsageError: The registry has no anchor.
        AnchorError: It cannot be read or written.
        JournalError: The journal is absent, unreachable, or was rewritten.
    """
    anchor = _anchor(ground)
    before = {found.note.entry for found in anchor.notes(ground.registry.name, ground.name)}
    tip = ground.journal.refresh()
    fresh = _note_of(ground, tip)
    is_new = fresh.entry not in before
    if is_new:
        anchor.add(fresh)
    return Noted(anchor.uri, fresh.sequence, fresh.commit, is_new)


def notes_of(ground: Ground) -> Notes:
    """All notes of the environment's journal.

    Raises:
        UsageError: The registry has no anchor.
        AnchorError: It cannot be read.
    """
    anchor = _anchor(ground)
    found = list(anchor.notes(ground.registry.name, ground.name))
    kept = tuple(one.note for one in found if one.is_kept)
    return Notes(anchor.uri, kept, tuple(one.note for one in found if not one.is_kept))


def _anchor(ground: Ground) -> Anchor:
    from modelops_git.edges.anchors import open_anchor

    manifest = ground.registry.journal.anchor
    if manifest is None:
        raise UsageError(
            "modelops.yaml names no anchor",
            hint="Set journal.anchor, or give a tip noted before: --anchor COMMIT.",
        )
    return open_anchor(manifest, ground.repository.root)


def _note_of(ground: Ground, tip: Tip) -> Note:
    from modelops_git.core.journal.anchor import Note

    return Note(
        registry=ground.registry.name,
        environment=ground.name,
        sequence=tip.environment.sequence,
        commit=tip.commit,
        digest=tip.environment.last,
        at=ground.now(),
        by=ground.actor.name[:_LONGEST_NAME],
    )
