"""What is in a file that is compressed as a whole: gzip, bzip2, xz, lzma, zlib and LZ4."""

from __future__ import annotations

import bz2
import lzma
import re
import zlib
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from modelops_git.core.formats import lz4
from modelops_git.core.formats.inspection import RUNS_CODE, Inspection, UnscannableError
from modelops_git.core.formats.reading import CHUNK, MOST_AT_ONCE, Unpacked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from modelops_git.core.formats.look import Look
    from modelops_git.core.formats.reading import View

MOST_MEMORY: Final = 160 << 20  # what the xz decoder may take; its largest preset takes 65 MiB
OLD_JOBLIB_HEADER: Final = 21  # `ZF` and a length in 19 characters, then zlib
DAMAGED: Final = "it is damaged, or cut off"


class _Machine(Protocol):
    """A decompressor of the standard library, of bz2 or lzma; zlib's is made to look like them."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


class _Zlib:
    """zlib's decompressor, with the face of the others."""

    def __init__(self, window: int) -> None:
        self._machine = zlib.decompressobj(window)
        self.needs_input = True

    @property
    def eof(self) -> bool:
        return self._machine.eof

    @property
    def unused_data(self) -> bytes:
        return self._machine.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        found = self._machine.decompress(self._machine.unconsumed_tail + data, max_length)
        self.needs_input = not self._machine.unconsumed_tail and len(found) < max_length
        return found


class Compression(NamedTuple):
    """A way to compress a file.

    Attributes:
        format: Its name.
        magic: What such files begin with.
        machine: Makes a decompressor.
        skipped: How many bytes lie before what is compressed.
        repeats: Whether several may follow one another, and are one file.
    """

    format: str
    magic: re.Pattern[bytes]
    machine: Callable[[], _Machine]
    skipped: int = 0
    repeats: bool = True


_GZIP: Final = 31  # zlib's number for a header of gzip
_RAW: Final = -15  # and for none
GZIP = Compression("gzip", re.compile(rb"\x1f\x8b\x08"), lambda: _Zlib(_GZIP))
BZIP2 = Compression("bzip2", re.compile(rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)"), bz2.BZ2Decompressor)
XZ = Compression(
    "xz",
    re.compile(rb"\xfd7zXZ\x00"),
    lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=MOST_MEMORY),
)
LZMA = Compression(
    "xz",
    re.compile(rb"\x5d\x00[\x00-\xff]{11}", re.DOTALL),
    lambda: lzma.LZMADecompressor(lzma.FORMAT_ALONE, memlimit=MOST_MEMORY),
    repeats=False,
)
ZLIB = Compression("zlib", re.compile(rb"\x78[\x01\x5e\x9c\xda]"), lambda: _Zlib(15), repeats=False)
OLD_JOBLIB = Compression(
    "zlib", re.compile(rb"ZF0x[0-9a-f]"), lambda: _Zlib(15), OLD_JOBLIB_HEADER, repeats=False
)
DEFLATE = Compression("deflate", re.compile(rb""), lambda: _Zlib(_RAW), repeats=False)
BZIP2_PART = BZIP2._replace(repeats=False)
FAINT: Final = (LZMA, ZLIB)
"""Those whose mark is so short that other files bear it by chance: what they hold must unpack."""
ALL: Final = (GZIP, BZIP2, XZ, OLD_JOBLIB, LZMA, ZLIB)


def unpacked(view: View, how: Compression) -> Iterator[bytes]:
    """What a file holds, in pieces.

    Raises:
        UnscannableError: It is damaged, or would take too much memory.
    """
    try:
        yield from _pieces(view, how)
    except (zlib.error, lzma.LZMAError, OSError, ValueError, EOFError) as error:
        raise UnscannableError(DAMAGED) from error


def _pieces(view: View, how: Compression) -> Iterator[bytes]:
    machine, offset, data = how.machine(), how.skipped, b""
    while True:
        if machine.eof:
            data, offset = _behind(view, machine.unused_data, offset)
            if not how.repeats or not how.magic.match(data):
                return
            machine = how.machine()
        elif machine.needs_input and not data:
            data = view.at(offset, CHUNK)
            offset += len(data)
            if not data:
                raise EOFError
        piece = machine.decompress(data, CHUNK)
        data = b""
        if piece:
            yield piece


def _behind(view: View, unused: bytes, offset: int) -> tuple[bytes, int]:
    """What follows the end of what was compressed, less the zeros that readers skip; and where to go on."""
    while True:
        more = view.at(offset, CHUNK)
        offset += len(more)
        data = (unused + more).lstrip(b"\0")
        if data or not more:
            return data, offset
        unused = b""


def judge(look: Look, view: View) -> Inspection | None:
    """What a compressed file is; None where it only begins like one."""
    head = view.at(0, CHUNK)
    how = next((one for one in ALL if one.magic.match(head)), None)
    if how is None:
        return None
    inner = Unpacked(unpacked(view, how), look.budget)
    try:
        inner.at(0, 1)
    except UnscannableError:
        if how in FAINT:
            return None
        raise
    return _judged(look, how.format, inner)


def judge_lz4(look: Look, view: View) -> Inspection | None:
    """The same of LZ4."""
    return _judged(look, "lz4", Unpacked(lz4.unpacked(view), look.budget))


def _judged(look: Look, kind: str, inner: View) -> Inspection:
    """A file by what is in it. Only joblib compresses pickles with zlib, LZ4 or old lzma."""
    name = look.name.rpartition(".")[0] or look.name
    found = look.into(name, inner)
    if found.format not in RUNS_CODE:
        return Inspection(kind, unscannable=found.unscannable, inside=found.inside)
    if found.inside or found.format not in {"pickle", "joblib"}:
        return Inspection("pickle", inside=found.inside or "its content")
    is_joblib = ".joblib" in look.name.lower() or kind in {"zlib", "lz4"} or found.format == "joblib"
    return Inspection("joblib" if is_joblib else "pickle")


def expanded(view: View) -> Iterator[bytes]:
    """The content of a file that is compressed as a whole, without a limit; of any other the file itself.

    Raises:
        UnscannableError: It is damaged.
    """
    head = view.at(0, CHUNK)
    how = next((one for one in ALL if one.magic.match(head)), None)
    if head.startswith(lz4.MAGIC):
        yield from lz4.unpacked(view)
    elif how is not None:
        yield from unpacked(view, how)
    else:
        yield from (view.at(offset, MOST_AT_ONCE) for offset in range(0, view.size, MOST_AT_ONCE))
