"""Characters that people do not see and programs do: refused in manifests (MOG110)."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# C0 and C1 controls; Bidi_Control; Default_Ignorable_Code_Point without VS1 to VS16, which emoji need;
# noncharacters; the line breaks that only YAML 1.1 knows, so that readers would count lines differently.
_RANGES = (
    r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
    r"\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164"
    r"\ufdd0-\ufdef\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    r"\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_PLAIN = bytes(range(0x20, 0x7F)) + b"\t\n"
# Not compiled here, which takes a millisecond: most files are plain ASCII.
_HIDDEN = rf"[{_RANGES}\ud800-\udfff]|\r(?!\n)"
_HIDDEN_IN_VALUE = rf"[{_RANGES}\ud800-\udfff\r]"


def hidden_in_text(text: str) -> Iterator[tuple[int, str]]:
    """Each hidden character of a file with its offset; CRLF is fine there."""
    if not text.encode().translate(None, _PLAIN):
        return iter(())  # ten times as fast
    return ((match.start(), match[0]) for match in re.finditer(_HIDDEN, text))


def hidden_in_value(value: str) -> str:
    """The first hidden character of a value, empty if there is none; CR is one there."""
    match = re.search(_HIDDEN_IN_VALUE, value)
    return match[0] if match else ""


def spelled(character: str) -> str:
    """The code point and the name of a character: `U+202E (RIGHT-TO-LEFT OVERRIDE)`."""
    name = unicodedata.name(character, "")
    return f"U+{ord(character):04X}" + (f" ({name})" if name else "")


def escaped(text: str) -> str:
    """`text` with every hidden character as the escape that double quotes have for it."""
    return re.sub(_HIDDEN_IN_VALUE, lambda match: _escape(ord(match[0])), text)


def _escape(code: int) -> str:
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 - four hex digits
