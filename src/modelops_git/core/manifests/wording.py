"""The words that findings about a document are made of."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from modelops_git.core.findings import Edit, Finding, Place, Severity
from modelops_git.core.manifests.nodes import key_at, locate

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from modelops_git.core.manifests.nodes import Mark, Node, Scalar

Key = str | int
SLUGS = {
    "MOG109": "ambiguous-scalar",
    "MOG111": "unknown-kind-or-version",
    "MOG112": "unknown-field",
    "MOG113": "missing-field",
    "MOG114": "wrong-type",
    "MOG115": "bad-value",
    "MOG116": "wrong-place",
    "MOG117": "bad-name",
}
NAME_RULE = (
    "A name has lower-case letters and digits with single `.`, `_` or `-` between them, at most 128 "
    "characters, is no reserved word and ends in none of `.lock`, `.json` and `.yaml`."
)
_PEM = "-----BEGIN "
_LONGEST = 60
_ESCAPED = 100


class Source(NamedTuple):
    """A document's text level, to find places in.

    Attributes:
        path: The file.
        root: Its outermost node.
    """

    path: str
    root: Node

    def place(self, keys: Sequence[Key]) -> Place:
        """Where the value at `keys` is; where the nearest one around it is if there is none."""
        pointer = pointer_of(keys)
        node = locate(self.root, pointer)
        if node is None:
            return self.place(keys[:-1]) if keys else Place(self.path)
        return self.at(node.start, pointer)

    def key_place(self, keys: Sequence[Key]) -> Place:
        """Where the key of the value at `keys` is; an item of a list has none, so where it is."""
        key = key_at(self.root, pointer_of(keys))
        return self.place(keys) if key is None else self.at(key.start, pointer_of(keys))

    def at(self, mark: Mark, pointer: str) -> Place:
        """The place at `mark`."""
        return Place(self.path, mark.line, mark.column, pointer)

    def replacing(self, scalar: Scalar, text: str, *, safe: bool = True) -> tuple[Edit, ...]:
        """The edit that writes `text` for `scalar`."""
        return (Edit(self.path, scalar.start.offset, scalar.end.offset, text, safe=safe),)


def defect(code: str, message: str, place: Place, hint: str = "", edits: tuple[Edit, ...] = ()) -> Finding:
    """A finding of the first family; its slug goes by its code, and all of them are errors."""
    return Finding(code, SLUGS[code], Severity.ERROR, message, place, hint, edits)


def pointer_of(keys: Iterable[Key]) -> str:
    """RFC 6901 JSON Pointer to the value at `keys`."""
    return "".join("/" + str(key).replace("~", "~0").replace("/", "~1") for key in keys)


def keys_of(pointer: str) -> tuple[str, ...]:
    """The keys that a JSON Pointer names, indexes as text."""
    return tuple(key.replace("~1", "/").replace("~0", "~") for key in pointer.split("/")[1:])


def spoken(keys: Sequence[Key], kind: str = "document") -> str:
    """The name of the value at `keys` for people: `artifacts[0].path`; the outermost one goes by `kind`."""
    if not keys:
        return f"the {kind}"
    text = "".join(f"[{key}]" if isinstance(key, int) else f".{shown_key(key)}" for key in keys)
    return f"`{text.removeprefix('.')}`"


def shown_key(key: str) -> str:
    """A key for people: as it is, or quoted where it is not a plain word."""
    plain = key.replace("_", "").replace("-", "").isalnum() and key.isascii() and len(key) <= _LONGEST
    return key if plain else shown(key)


def shown(value: Any) -> str:
    """A value for people, on one line and not too long."""
    if isinstance(value, dict | list):
        return found(value)
    if isinstance(value, str) and value.startswith(_PEM):
        value = f"{value.partition(chr(10))[0][:_LONGEST]}…"  # the rest may be secret, and says nothing
    if isinstance(value, str) and len(value) > _LONGEST:
        value = f"{value[: _LONGEST - 1]}…"
    text = json.dumps(value, ensure_ascii=not _is_printable(value))
    return text if len(text) <= _ESCAPED else f"{text[:_LONGEST]}…"


def bare(text: str) -> str:
    """A text for people, without quotes around it."""
    return shown(text).removeprefix('"').removesuffix('"')


def _is_printable(value: Any) -> bool:
    return not isinstance(value, str) or value.isprintable()


def found(value: Any) -> str:
    """What sort of value this is, with its article."""
    if value is None:
        return "empty (null)"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"the number {shown_number(value)}"
    if isinstance(value, str):
        return f"the text {shown(value)}"
    return "a list" if isinstance(value, list) else "a mapping"


def shown_number(value: float) -> str:
    """A number as JSON has it, cut where it is very long."""
    text = json.dumps(value)
    return text if len(text) <= _LONGEST else f"{text[:20]}…"


def listed(words: Iterable[str], last: str = "and") -> str:
    """Words as a sentence lists them: `a`, `b` and `c`."""
    *head, tail = [f"`{word}`" for word in words]
    return f"{', '.join(head)} {last} {tail}" if head else tail


def capital(text: str) -> str:
    """The same, as a sentence begins."""
    return text[:1].upper() + text[1:]
