"""Records as lines of JSON: what is private is left out, what is too long is cut."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Any

from modelops_git.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from modelops_git.edges.predictions.rules import LogRules

LONGEST_TEXT = 2_000
"""Characters of an error or a key, of which the rest is dropped."""
CUT = ({"input": None, "truth": None}, {"output": None})
"""What is given up of a record that is too long, one after the other."""


class Lines:
    """Makes lines of records.

    Raises:
        UsageError: The library is not installed.
    """

    def __init__(self, rules: LogRules) -> None:
        self._rules = rules
        self._dumps = _dumps()

    def of(self, record: Mapping[str, Any]) -> bytes | None:
        """The line of a record, with its line feed; None where it cannot be JSON, or not short enough."""
        kept = self._kept(record)
        line = self._line(kept)
        for given_up in CUT:
            if line is not None:
                return line
            kept |= {name: None for name in given_up if name in kept} | {"truncated": True}
            line = self._line(kept)
        return line

    def _kept(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """What is written of a record."""
        kept = {name: value for name, value in record.items() if name not in self._rules.leave_out}
        for name in ("error", "key"):
            if kept.get(name):
                kept[name] = _text(kept[name])
        if self._rules.key_secret and kept.get("key") is not None:
            kept["key"] = hashed_key(self._rules.key_secret, str(record["key"]))
        return kept | {"sampled": self._rules.sample}

    def _line(self, kept: dict[str, Any]) -> bytes | None:
        try:
            line = self._dumps(kept)
        except (TypeError, ValueError, RecursionError):  # a lone surrogate, a number of more than 64 bits
            return None
        return line if len(line) <= self._rules.record_bytes else None


def _text(value: object) -> str:
    """What a caller sent, as JSON can hold it: bytes that are no text keep no record out of the log."""
    text = str(value)[:LONGEST_TEXT]
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def hashed_key(secret: bytes, key: str) -> str:
    """A caller's key as it is logged under a secret: nobody without the secret can try keys against it."""
    return hmac.new(secret, key.encode("utf-8", "surrogatepass"), "sha256").hexdigest()


def _dumps() -> Callable[[Any], bytes]:
    try:
        import orjson
    except ImportError as error:
        raise UsageError(
            "orjson is not installed, which prediction logs are written with",
            hint="pip install 'modelops-git[serve]'",
        ) from error
    option = orjson.OPT_APPEND_NEWLINE | orjson.OPT_SERIALIZE_NUMPY

    def dumps(value: Any) -> bytes:
        return orjson.dumps(value, default=_plain, option=option)

    return dumps


def _plain(value: Any) -> Any:
    """What orjson takes instead of a value that it does not, such as an array of strings."""
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError
