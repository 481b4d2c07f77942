"""What a file is, by its first bytes; its name only helps where a format has no mark of its own."""

from __future__ import annotations

import pickletools
import re
from typing import Final

HEAD: Final = 4096  # how many bytes `detect` wants to see
UNKNOWN: Final = "unknown"
MAX_SAFETENSORS_HEADER = 100_000_000
_ONNX_START = re.compile(rb"\x08[\x01-\x7f][\x12\x1a\x22\x28\x32\x3a\x42]")  # ir_version, then a next field
_JSON_START = re.compile(rb'(?:\xef\xbb\xbf)?[ \t\r\n]*(?:\{[ \t\r\n]*["}]|\[[ \t\r\n]*[\[\]{"0-9tfn-])')
_SAFETENSORS_HEADER = re.compile(rb'\{[ ]*["}]')
_BINARY_PICKLE = re.compile(rb"\x80[\x02-\x05]")
_NAMES_CODE = frozenset({"GLOBAL", "INST"})
_LOADS_CODE = frozenset({"STACK_GLOBAL", "EXT1", "EXT2", "EXT4"})  # none of them is a letter
_CODE = re.compile(r"[^\W\d][\w.]* [^\W\d][\w.]*")
_ZIP_START = (b"PK\x03\x04", b"PK\x05\x06")


def detect(name: str, head: bytes) -> str:
    """What a file is: onnx, safetensors, gguf, json, pickle, skops, zip or, rather than a guess, `unknown`.

    Content decides: a pickle is a pickle whatever it is called. `name` is asked only where the content fits
    and has no mark that is enough (onnx among protocol buffers, skops among zip files).

    Args:
        name: The file's name or path.
        head: Its first `HEAD` bytes, or all where there are fewer.
    """
    suffix = name.lower().rpartition(".")[2]
    if head.startswith(b"GGUF"):
        return "gguf"
    if head.startswith(_ZIP_START):
        return _zip_family(suffix, head)
    if _BINARY_PICKLE.match(head) or _is_text_pickle(head):
        return "pickle"
    if _is_safetensors(head):
        return "safetensors"
    if _JSON_START.match(head) and _is_text(head):
        return "json"
    return "onnx" if suffix == "onnx" and _ONNX_START.match(head) else UNKNOWN


def _zip_family(suffix: str, head: bytes) -> str:
    """PyTorch and numpy put pickles into zip files; only their content shows it."""
    if re.search(rb"PK\x03\x04.{26}[^\x00]{0,200}\.pkl", head, re.DOTALL):
        return "pickle"
    return "skops" if suffix == "skops" else "zip"


def _is_safetensors(head: bytes) -> bool:
    """Eight bytes of header length, little end first, then that many bytes of JSON."""
    length = int.from_bytes(head[:8], "little")
    return len(b"{}") <= length <= MAX_SAFETENSORS_HEADER and _SAFETENSORS_HEADER.match(head, 8) is not None


def _is_text(head: bytes) -> bool:
    """Whether the bytes are UTF-8, where the end may cut a character."""
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.reason == "unexpected end of data" and error.start >= len(head) - 3
    return "\x00" not in text


def _is_text_pickle(head: bytes) -> bool:
    """Whether the bytes are a pickle of protocol 0 or 1, which has no mark: it ends, or loads code.

    `pickletools` only reads the instructions; it carries none out.
    """
    count, loads = 0, False
    try:
        for opcode, argument, _ in pickletools.genops(head):
            count += 1
            names = opcode.name in _NAMES_CODE and _CODE.fullmatch(str(argument)) is not None
            loads = loads or names or opcode.name in _LOADS_CODE
    except (ValueError, OverflowError, UnicodeDecodeError):
        return loads
    return count > 1
