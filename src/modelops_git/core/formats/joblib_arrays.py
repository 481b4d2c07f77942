"""The instructions of a joblib file without the arrays that lie between them, so that a scanner can read on.

joblib writes an array's bytes right behind the instruction that builds its wrapper; to anything that only
knows pickle, the file is damaged there. This machine goes through the instructions with values of its own:
numbers, texts, tuples, and names that are never looked up. Nothing is imported and nothing is called.
"""

from __future__ import annotations

import pickletools
import re
from math import prod
from typing import TYPE_CHECKING, Any, Final

from modelops_git.core.formats.inspection import UnscannableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from modelops_git.core.formats.reading import View

MAX_STEPS: Final = 5_000_000
WRAPPER: Final = "NumpyArrayWrapper"
_SMALL = 4096
_PIECE = 1 << 20
_WIDTHS = {-2: (1, False), -3: (4, True), -4: (4, False), -5: (8, False)}
_CODES = {ord(code.code): code for code in pickletools.opcodes}
_FIXED = re.compile(r"[<>=|]?([?biufcmMSUVaO])(\d*)")
_CHARACTER = 4
_NOTHING: Any = None


class _Made:
    """What a call would make, or a name stands for; of the wrapper of an array also its state."""

    def __init__(self, name: str, about: Any = None) -> None:
        self.name = name
        self.about = about


def without_arrays(view: View) -> Iterator[bytes]:
    """The bytes of the instructions, in pieces.

    The objects of an array are pickles of their own in the middle of the others; they come last here, so that
    each can be read from its beginning to its end.

    Raises:
        UnscannableError: It is no pickle as joblib writes it.
    """
    machine, begun = _Machine(view), 0
    later: list[tuple[int, int]] = []
    for _ in range(MAX_STEPS):
        goes_on = machine.step()
        if goes_on and machine.at == machine.behind and not machine.has_objects:
            continue
        if machine.is_inner:
            later.append((begun, machine.behind))
        else:
            yield from _pieces(view, begun, machine.behind)
        begun = machine.at
        if not machine.turn(is_over=not goes_on):
            for start, end in later:
                yield from _pieces(view, start, end)
            return
    raise UnscannableError("it has more instructions than are looked at")


def _pieces(view: View, start: int, end: int) -> Iterator[bytes]:
    for at in range(start, end, _PIECE):
        yield view.at(at, min(_PIECE, end - at))


class _Machine:
    """Carries instructions out as far as is needed to know how long an array is."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.at = 0
        self.behind = 0
        self.stack: list[Any] = []
        self.marks: list[int] = []
        self.memo: dict[int, Any] = {}
        self.outer: list[tuple[list[Any], list[int], dict[int, Any]]] = []
        self.has_objects = False

    @property
    def is_inner(self) -> bool:
        """Whether this is in the objects of an array."""
        return bool(self.outer)

    def turn(self, *, is_over: bool) -> bool:
        """Into the objects of an array, or out of them; False where all is over."""
        if is_over:
            if not self.outer:
                return False
            self.stack, self.marks, self.memo = self.outer.pop()
        elif self.has_objects:
            self.outer.append((self.stack, self.marks, self.memo))
            self.stack, self.marks, self.memo = [], [], {}
        self.has_objects = False
        return True

    def step(self) -> bool:
        """One instruction; False where it was the last. `behind` is its end, `at` that of an array behind."""
        found = self.view.at(self.at, 1)
        code = _CODES.get(found[0]) if found else None
        if code is None:
            raise _damaged()
        self.at += 1
        argument = self._argument(code)
        self.behind = self.at
        if code.name == "STOP":
            return False
        self._do(code, argument)
        return True

    def _argument(self, code: pickletools.OpcodeInfo) -> bytes:
        if code.arg is None:
            return b""
        if code.arg.n == pickletools.UP_TO_NEWLINE:
            return b"\n".join(self._line() for _ in range(2 if code.name in {"GLOBAL", "INST"} else 1))
        width, signed = _WIDTHS.get(code.arg.n, (0, False))
        stated = self.view.at(self.at, width)
        length = int.from_bytes(stated, "little", signed=signed) if width else code.arg.n
        start = self.at + width
        self.at = start + length
        if length < 0 or (length and not self.view.at(self.at - 1, 1)):
            raise _damaged()
        return self.view.at(start, min(length, _SMALL))

    def _line(self) -> bytes:
        line, found, _ = self.view.at(self.at, _SMALL).partition(b"\n")
        if not found:
            raise _damaged()
        self.at += len(line) + 1
        return line

    def _do(self, code: pickletools.OpcodeInfo, argument: bytes) -> None:
        name = code.name
        if name == "MARK":
            self.marks.append(len(self.stack))
        elif name in {"PUT", "BINPUT", "LONG_BINPUT", "MEMOIZE"}:
            number = len(self.memo) if name == "MEMOIZE" else _number(name, argument)
            self.memo[number] = self._top()
        elif name in {"GET", "BINGET", "LONG_BINGET"}:
            self.stack.append(self.memo.get(_number(name, argument), _NOTHING))
        elif name == "POP" and self.marks and self.marks[-1] == len(self.stack):
            self.marks.pop()
        elif code.stack_before or code.stack_after:
            taken = self._taken(code)
            made = self._made(name, taken, argument)
            self.stack += made[: len(code.stack_after)]
            if name == "BUILD":
                self._pass_array(made[0])

    def _taken(self, code: pickletools.OpcodeInfo) -> list[Any]:
        """What an instruction takes from the stack, the deepest first."""
        mark = pickletools.markobject in code.stack_before
        above = self.stack[self.marks.pop() :] if mark and self.marks else []
        del self.stack[len(self.stack) - len(above) :]
        count = code.stack_before.index(pickletools.markobject) if mark else len(code.stack_before)
        if count > len(self.stack):
            raise _damaged()
        taken = self.stack[len(self.stack) - count :]
        del self.stack[len(self.stack) - count :]
        return taken + above

    def _made(self, name: str, taken: list[Any], argument: bytes) -> list[Any]:
        """What an instruction puts on the stack, in the values of this machine."""
        make = _MAKE.get(name)
        if make:
            return [make(taken)]
        if name.startswith(("BININT", "LONG", "INT")):
            return [_number(name, argument)]
        if "UNICODE" in name or "STRING" in name:
            return [argument.decode("utf-8", "replace")]
        if name in {"GLOBAL", "INST"}:
            return [_Made(argument.rpartition(b"\n")[2].decode("utf-8", "replace"))]
        return taken * 2 if name == "DUP" else [_NOTHING]

    def _top(self) -> Any:
        if not self.stack:
            raise _damaged()
        return self.stack[-1]

    def _pass_array(self, built: Any) -> None:
        """Go behind the bytes of the array whose wrapper has just been built."""
        if not isinstance(built, _Made) or built.name != WRAPPER or not isinstance(built.about, dict):
            return
        shape: Any = built.about.get("shape")
        size = _item_size(built.about.get("dtype"))
        is_plain = isinstance(shape, tuple) and all(isinstance(one, int) and one >= 0 for one in shape)
        if size is None or not is_plain:
            raise _damaged()
        if size == 0:
            self.has_objects = True
            return
        if built.about.get("numpy_array_alignment_bytes") is not None:
            self.at += 1 + int.from_bytes(self.view.at(self.at, 1), "little")
        self.at += size * prod(shape)
        if self.at > self.view.size:
            raise _damaged()


def _with_items(taken: list[Any]) -> Any:
    """A dictionary with the items under texts; whatever else is under items stays what it is."""
    owner, items = taken[0], taken[1:]
    if isinstance(owner, dict):
        pairs = zip(items[::2], items[1::2], strict=False)
        owner.update({key: item for key, item in pairs if isinstance(key, str)})
    return owner


def _built(made: Any, state: Any) -> Any:
    """An object with its state, for the wrapper of an array; any other keeps what it was made of."""
    return _Made(made.name, state) if isinstance(made, _Made) and made.name == WRAPPER else made


def _item_size(kind: Any) -> int | None:
    """How many bytes an element takes; 0 for Python objects, None where that cannot be told."""
    if not isinstance(kind, _Made) or not isinstance(kind.about, tuple) or not kind.about:
        return None
    found = _FIXED.fullmatch(str(kind.about[0]))
    if found is None or not (found[2] or found[1] == "?"):
        return None
    return 0 if found[1] == "O" else int(found[2][:9] or 1) * (_CHARACTER if found[1] == "U" else 1)


def _called(taken: list[Any]) -> Any:
    return _Made(getattr(taken[0], "name", ""), taken[1])


_MAKE: Final[dict[str, Callable[[list[Any]], Any]]] = {
    "NONE": lambda _: None,
    "NEWTRUE": lambda _: True,
    "NEWFALSE": lambda _: False,
    "EMPTY_DICT": lambda _: {},
    "STACK_GLOBAL": lambda taken: _Made(str(taken[-1])),
    "BUILD": lambda taken: _built(*taken),
    **dict.fromkeys(("TUPLE", "TUPLE1", "TUPLE2", "TUPLE3", "EMPTY_TUPLE"), tuple),
    **dict.fromkeys(("REDUCE", "NEWOBJ", "NEWOBJ_EX"), _called),
    **dict.fromkeys(("SETITEM", "SETITEMS"), _with_items),
    **dict.fromkeys(("APPEND", "APPENDS", "ADDITEMS"), lambda taken: taken[0]),
}


def _number(name: str, argument: bytes) -> int:
    if name in {"INT", "LONG", "PUT", "GET"}:
        found = re.match(rb"\s*([+-]?\d{1,19})", argument)
        return int(found[1]) if found else 0
    is_signed = name in {"BININT", "LONG1", "LONG4"}
    return int.from_bytes(argument[:16], "little", signed=is_signed)


def _damaged() -> UnscannableError:
    return UnscannableError("its arrays cannot be told from its instructions")
