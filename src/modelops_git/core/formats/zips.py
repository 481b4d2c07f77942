"""What a zip file is by what is in it: PyTorch's, numpy's, Keras', skops', or just a zip file."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Final, NamedTuple

from modelops_git.core.formats import keras, skops
from modelops_git.core.formats.compressed import BZIP2_PART, DEFLATE, unpacked
from modelops_git.core.formats.inspection import RUNS_CODE, Inspection, UnscannableError
from modelops_git.core.formats.parts import verdict_on
from modelops_git.core.formats.reading import Part, Unpacked
from modelops_git.core.formats.zip_directory import IS_ENCRYPTED, Entry, members

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelops_git.core.formats.look import Look
    from modelops_git.core.formats.reading import View

STORED: Final = 0
_METHODS = {8: DEFLATE, 12: BZIP2_PART}
_PICKLES = (".pkl", ".pickle", ".joblib")
WHOLLY_READ: Final = 1 << 20
"""The checksum of members up to this size is compared; of larger ones the beginning is looked at."""


class Member(NamedTuple):
    """A member and what it is."""

    entry: Entry
    content: View
    found: Inspection


def judge(look: Look, view: View) -> Inspection:
    """What a zip file is.

    Raises:
        UnscannableError: Nobody can tell.
    """
    found = [_member(look, view, entry) for entry in members(view) if not entry.name.endswith("/")]
    return _kind(look, found)


def _kind(look: Look, found: Sequence[Member]) -> Inspection:
    by_name = {one.entry.name: one for one in found}
    verdict = verdict_on("zip", ((one.entry.name, one.found) for one in found))
    if by_name.keys() >= keras.NAMES:
        return keras.judge(by_name)
    if verdict.format in RUNS_CODE:
        is_torch = any(_is_data(one) for one in found)
        return verdict._replace(format="torch") if is_torch else verdict
    if verdict.unscannable:
        return verdict
    if skops.SCHEMA in by_name and look.name.lower().endswith(".skops"):
        return skops.judge(by_name)
    return _plain(found)


def _plain(found: Sequence[Member]) -> Inspection:
    """A zip file without a pickle."""
    misnamed = next((one.entry.name for one in found if one.entry.name.lower().endswith(_PICKLES)), "")
    if misnamed:
        why = "it cannot be read as the pickle that its name says"
        return Inspection("zip", unscannable=why, inside=misnamed)
    arrays = [one for one in found if one.found.format == "npy" and one.entry.name.endswith(".npy")]
    if not found or len(arrays) < len(found):
        return Inspection("zip")
    unsound = next((one for one in arrays if one.found.mismatch), None)
    if unsound:
        return Inspection("npz", mismatch=f"{unsound.entry.name}: {unsound.found.mismatch}")
    return Inspection("npz")


def _is_data(one: Member) -> bool:
    return one.entry.name.rpartition("/")[2] == "data.pkl" and one.found.format in RUNS_CODE


def _member(look: Look, view: View, entry: Entry) -> Member:
    content = _content(look, view, entry)
    try:
        found = look.into(entry.name, content)
    except UnscannableError as error:
        return Member(entry, content, Inspection("unknown", unscannable=str(error)))
    if found.format not in RUNS_CODE and not found.unscannable:
        found = found._replace(unscannable=_unsure(entry, content))
    return Member(entry, content, found)


def _content(look: Look, view: View, entry: Entry) -> View:
    """The bytes of a member. One that is marked as encrypted is read as if it were not: PyTorch does so."""
    packed = Part(view, entry.start, entry.packed)
    if entry.method == STORED:
        return packed
    if entry.method in _METHODS:
        return Unpacked(unpacked(packed, _METHODS[entry.method]), look.budget)
    raise UnscannableError(f"{entry.name} in it is compressed in a way that is not known")


def _unsure(entry: Entry, content: View) -> str:
    """Why what was seen of a member may not be what others see; empty where it is."""
    if entry.flags & IS_ENCRYPTED:
        return "it is encrypted"
    if entry.size > WHOLLY_READ:
        return ""
    try:
        data = content.at(0, entry.size + 1)
    except UnscannableError as error:
        return str(error)
    is_whole = len(data) == entry.size and zlib.crc32(data) == entry.checksum
    return "" if is_whole else "its checksum is wrong"
