"""What another step of the same run says that it verified: the JSON of `modelops verify --format json`.

It comes as a file from a job that may have run beside code of a pull request, so each value is checked, and
nothing of it is shown but names that the registry has too, and counts.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from modelops_git.core.artifacts import printable
from modelops_git.core.errors import UsageError
from modelops_git.core.formats.jsontext import MAX_JSON, json_of
from modelops_git.core.places import is_name
from modelops_git.core.versions import is_version

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_MODES = ("full", "metadata")
_READ = frozenset({"sha256", "blake3", "remembered"})
_MOST = 1 << 50


class Proof(StrEnum):
    """How much of a version's bytes somebody looked at."""

    READ = "read"
    """Every byte was read, and is as the manifest says."""
    COMPARED = "compared"
    """Stores were asked for sizes and sums; nothing was read."""
    WRONG = "wrong"
    """Something differs, or could not be read."""


class Claims(NamedTuple):
    """What was verified.

    Attributes:
        versions: (model, version) -> what was found; absent where nobody looked.
    """

    versions: Mapping[tuple[str, str], Proof] = {}


def read_claims(path: Path) -> Claims:
    """The claims in a file.

    Raises:
        UsageError: It is not what `modelops verify --format json` prints.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_JSON + 1)
    except OSError as error:
        raise UsageError(f"{printable(str(path))} cannot be read: {error.strerror}") from None
    if len(data) > MAX_JSON:
        raise _problem(f"it is larger than {MAX_JSON >> 20} MiB")
    value, lack = json_of(data)
    if lack:
        raise _problem(f"it {lack}")
    return Claims(dict(_versions(value)))


def _versions(value: Any) -> Iterator[tuple[tuple[str, str], Proof]]:
    if not isinstance(value, dict) or type(value.get("format_version")) is not int:
        raise _problem("it is no object with a format_version")
    if value["format_version"] != 1:
        raise _problem("its format_version is not 1")
    if value.get("mode") not in _MODES:
        raise _problem("its mode is neither full nor metadata")
    rows = value.get("versions")
    if not isinstance(rows, list):
        raise _problem("it has no list of versions")
    is_full = value["mode"] == "full"
    yield from (one for row in rows if (one := _version(row, is_full=is_full)))


def _version(row: Any, *, is_full: bool) -> tuple[tuple[str, str], Proof] | None:
    """One version; None where nothing of it was done in that share of the work."""
    if not isinstance(row, dict):
        raise _problem("one of its versions is no object")
    model, version = row.get("model"), row.get("version")
    if not (isinstance(model, str) and is_name(model)):
        raise _problem("one of its versions has no model's name")
    if not (isinstance(version, str) and is_version(version)):
        raise _problem(f"a version of {model} is no version")
    verified, proofs = row.get("verified"), row.get("proofs")
    if not (verified is None or isinstance(verified, bool)):
        raise _problem(f"{model} {version} is neither verified nor not")
    if not isinstance(proofs, dict) or not all(map(_is_count, proofs.values())):
        raise _problem(f"the proofs of {model} {version} are no counts")
    if verified is None:
        return None
    read = is_full and bool(proofs) and _READ.issuperset(proofs)
    return (model, version), Proof.WRONG if not verified else Proof.READ if read else Proof.COMPARED


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value <= _MOST


def _problem(why: str) -> UsageError:
    return UsageError(
        f"the file of --verified is not what `modelops verify --format json` prints: {why}",
        hint="Write it in the same run: `modelops verify --changed-since REV --format json > verified.json`.",
    )
