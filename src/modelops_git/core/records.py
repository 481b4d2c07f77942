"""What the tool writes for itself to read again: journal entries, states, route tables.

Unlike manifests, which people write as YAML, records are canonical JSON, and a reader is as strict as it can
be: what it does not know it refuses, for a record of a newer release may mean what this one cannot honour.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, ValidationError

from modelops_git.core.digests import canonical_json


def _in_utc(instant: datetime) -> datetime:
    try:
        instant.astimezone(UTC)
    except OverflowError:
        raise ValueError("no such time exists in UTC") from None
    return instant


Instant = Annotated[AwareDatetime, AfterValidator(_in_utc)]
"""A time with its offset from UTC."""


class Record(BaseModel):
    """A strict, frozen value with one canonical form in JSON."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", defer_build=True)

    def as_json(self) -> dict[str, Any]:
        """The record as plain JSON values; what is None is left out."""
        return self.model_dump(mode="json", exclude_none=True)

    def to_bytes(self) -> bytes:
        """The canonical JSON of the record, with a line feed at its end."""
        return canonical_json(self.as_json()) + b"\n"

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """The record that `data` is the JSON of.

        Raises:
            ValueError: It is not; the message is one line that names the first field at fault.
        """
        try:
            return cls.model_validate_json(data)
        except ValidationError as error:
            raise ValueError(_first_problem(error)) from None


def _first_problem(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    message = first["msg"]
    return f"{where or 'the record'}: {message[:1].lower()}{message[1:]}"
