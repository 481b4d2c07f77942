"""Whether bytes are a pickle, by walking over its instructions. None is ever carried out.

`pickletools.genops` reads a pickle too, but decodes each argument, refuses some that Python's own unpickler
takes, and must have the whole of it. This walk goes by the same table of instructions, skips arguments of any
length, and keeps count of the stack, so that a text which happens to begin with letters that are instructions
is no pickle: the unpickler would stop at an empty stack before anything is called.
"""

from __future__ import annotations

import pickletools
import re
from enum import Enum
from typing import TYPE_CHECKING, Final, NamedTuple

from modelops_git.core.formats.inspection import Inspection, UnscannableError

if TYPE_CHECKING:
    from modelops_git.core.formats.reading import View

MARKED: Final = re.compile(rb"\x80[\x02-\x05]|\x80[\x00\x01][\x28-\x7e\x80-\x98]")
TORCH_LEGACY: Final = b"\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19"
"""The number that files of PyTorch before 1.6 begin with, behind the protocol."""
MAX_STEPS: Final = 500_000
MAX_LINE: Final = 64 << 20
_SHOWN = 512
_CHUNK = 1 << 16
_CALLS = frozenset({"REDUCE", "BUILD", "INST", "OBJ", "NEWOBJ", "NEWOBJ_EX", "EXT1", "EXT2", "EXT4"})
_NAMES = frozenset({"GLOBAL", "INST", "STACK_GLOBAL", "EXT1", "EXT2", "EXT4"})
_REFUSED = frozenset({"PERSID", "BINPERSID"})  # only of use to a program that asked for them
_NUMBER = re.compile(rb"\s*[+-]?[\w.+-]+\s*", re.ASCII)
_QUOTED = re.compile(rb"""\s*(["']).*\1\s*""", re.DOTALL)
_NAME = re.compile(rb"[^\W\d][\w-]*\s*")
_LONG = frozenset({"UNICODE", "STRING"})
_LINES = {
    **dict.fromkeys(("INT", "LONG", "FLOAT"), _NUMBER),
    **dict.fromkeys(("PUT", "GET"), re.compile(rb"\s*\d+\s*")),
    "STRING": _QUOTED,
}


class Verdict(Enum):
    """Whether bytes are a pickle: none; one of mere data; one that names code; or nobody can tell."""

    NO = "no"
    DATA = "data"
    CODE = "code"
    UNTOLD = "untold"


class _Step(NamedTuple):
    """One instruction of the table, as the walk needs it."""

    name: str
    argument: int | None
    takes: int
    gives: int
    to_mark: bool


def _steps() -> dict[int, _Step]:
    found: dict[int, _Step] = {}
    for code in pickletools.opcodes:
        to_mark = pickletools.markobject in code.stack_before
        takes = code.stack_before.index(pickletools.markobject) if to_mark else len(code.stack_before)
        gives = 0 if code.name == "MARK" else len(code.stack_after)
        argument = code.arg.n if code.arg else None
        found[ord(code.code)] = _Step(code.name, argument, takes, gives, to_mark)
    return found


_TABLE = _steps()


class _StopError(Exception):
    """The unpickler would stop here with an error."""


class _Walk:
    """One pass over a pickle and those that follow it."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.offset = 0
        self.depth = 0
        self.marks: list[int] = []
        self.names_code = False

    def verdict(self) -> Verdict:
        """What the bytes are."""
        try:
            for _ in range(MAX_STEPS):
                if found := self._step():
                    return found
        except _StopError:
            return Verdict.NO
        return Verdict.UNTOLD

    def _step(self) -> Verdict | None:
        code = self.view.at(self.offset, 1)
        step = _TABLE.get(code[0]) if code else None
        if step is None:
            raise _StopError
        self.offset += 1
        self._skip_argument(step)
        self._move(step)
        self.names_code = self.names_code or step.name in _NAMES
        if step.name in _REFUSED or (step.name in _CALLS and not self.names_code):
            raise _StopError
        if self.names_code and (step.name in _CALLS or step.name == "STOP"):
            return Verdict.CODE
        return self._stopped() if step.name == "STOP" else None

    def _stopped(self) -> Verdict | None:
        """A pickle of mere data ended: is that all, or does another one follow?"""
        self.depth, self.marks = 0, []
        return None if self.view.at(self.offset, 1) else Verdict.DATA

    def _move(self, step: _Step) -> None:
        """Take from the stack and put on it, as the unpickler would."""
        if step.name == "POP" and self.marks and self.marks[-1] == self.depth:
            self.marks.pop()
            return
        if step.to_mark:
            if not self.marks:
                raise _StopError
            self.depth = self.marks.pop()
        if self.depth - step.takes < (self.marks[-1] if self.marks else 0):
            raise _StopError
        self.depth += step.gives - step.takes
        if step.name == "MARK":
            self.marks.append(self.depth)

    def _skip_argument(self, step: _Step) -> None:
        if step.argument is None:
            return
        if step.argument == pickletools.UP_TO_NEWLINE:
            self._skip_lines(step.name)
            return
        width, is_signed = _WIDTHS.get(step.argument, (0, False))
        length = int.from_bytes(self._take(width), "little", signed=is_signed) if width else step.argument
        self.offset += length
        if length < 0 or (length and not self.view.at(self.offset - 1, 1)):
            raise _StopError

    def _take(self, count: int) -> bytes:
        found = self.view.at(self.offset, count)
        self.offset += count
        if len(found) < count:
            raise _StopError
        return found

    def _skip_lines(self, name: str) -> None:
        expression = _LINES.get(name)
        for _ in range(2 if name in {"GLOBAL", "INST"} else 1):
            line = self._line(MAX_LINE if name in _LONG else _CHUNK)
            if name in {"GLOBAL", "INST"} and not _is_name(line):
                raise _StopError
            if expression and not expression.fullmatch(line):
                raise _StopError

    def _line(self, most: int) -> bytes:
        """The line that begins here; of a long one the beginning and the end only."""
        start = self.offset
        for at in range(start, start + most, _CHUNK):
            chunk = self.view.at(at, _CHUNK)
            end = chunk.find(b"\n")
            if end >= 0:
                self.offset = at + end + 1
                return _ends(self.view, start, at + end)
            if len(chunk) < _CHUNK:
                raise _StopError
        if most < MAX_LINE:
            raise _StopError  # neither a number nor a name is as long as that
        raise UnscannableError("it could be a pickle with a line of more than 64 MiB")


_WIDTHS = {
    pickletools.TAKEN_FROM_ARGUMENT1: (1, False),
    pickletools.TAKEN_FROM_ARGUMENT4: (4, True),
    pickletools.TAKEN_FROM_ARGUMENT4U: (4, False),
    pickletools.TAKEN_FROM_ARGUMENT8U: (8, False),
}


def _ends(view: View, start: int, end: int) -> bytes:
    if end - start <= 2 * _SHOWN:
        return view.at(start, end - start)
    return view.at(start, _SHOWN) + view.at(end - _SHOWN, _SHOWN)


def _is_name(line: bytes) -> bool:
    """Whether a line can name a module or what is in it; names may have any letters."""
    return all(_NAME.fullmatch(part) or not part.isascii() for part in line.split(b".") or [line])


def verdict(view: View) -> Verdict:
    """Whether bytes are a pickle, whether it says so or not.

    Raises:
        UnscannableError: The bytes cannot be had within bounds.
    """
    return _Walk(view).verdict()


def marked(name: str, view: View) -> Inspection:
    """What a file is that begins as a pickle."""
    head = view.at(0, _CHUNK)
    if head[2:].startswith(TORCH_LEGACY):
        return Inspection("torch")
    return Inspection(flavour(name, head))


def unmarked(name: str, view: View) -> Inspection | None:
    """What a file is that is a pickle without saying so, as those of protocol 0 and 1 are; None for none."""
    found = verdict(view)
    if found is Verdict.UNTOLD:
        return Inspection("unknown", unscannable="it could be a pickle, and does not come to an end")
    return None if found is Verdict.NO else Inspection(flavour(name, view.at(0, _CHUNK)))


def flavour(name: str, head: bytes) -> str:
    """Which of the formats that are a pickle: what joblib writes has arrays behind the instructions."""
    is_joblib = ".joblib" in name.lower() or b"joblib.numpy_pickle" in head
    return "joblib" if is_joblib else "pickle"
