"""The local folder that a `file:` URI names."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})", re.ASCII)


def folder_of(uri: str) -> str:
    """The path in `uri`, absolute or relative to the registry.

    Raises:
        ValueError: It names another host or no folder; the message is the end of a sentence.
    """
    return _decoded(_local_part(uri.partition(":")[2]))


def _local_part(written: str) -> str:
    """What follows the host of a URI that may have one."""
    if not written.startswith("//"):
        return written
    host, slash, path = written[2:].partition("/")
    if host not in {"", "localhost"}:
        raise ValueError("names a host; only local folders can be read")
    return slash + path


def _decoded(path: str) -> str:
    if "?" in path or "#" in path:
        raise ValueError("holds ? or #, which are written %3F and %23 in a URI")
    if _BAD_ESCAPE.search(path):
        raise ValueError("holds a % that starts no escape; write %25")
    text = unquote_to_bytes(path).decode()
    if not text or "\0" in text:
        raise ValueError("names no folder")
    return text
