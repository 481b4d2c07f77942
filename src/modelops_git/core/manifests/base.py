"""What all manifests are made of: the strict base class, and the forms that a text can be asked to have."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

from annotated_types import Ge, Le, MinLen
from pydantic import AfterValidator, AllowInfNan, BaseModel, ConfigDict, WithJsonSchema
from pydantic_core import PydanticCustomError, core_schema

from modelops_git.core import clock, places, versions
from modelops_git.core.manifests.labels import MESSAGE

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler

API_VERSION = "modelops/v1"
MAX_INTEGER = 2**53 - 1
ANY = "any words"


class Part(BaseModel):
    """A mapping of a manifest: unknown keys are errors, types are strict, nothing changes once read.

    Building the models is a tenth of the time of a hook. So each is built when it is first used; modules of
    models do not import `annotations` from the future, which would make texts of them that must be evaluated
    again; and a default that is a part comes from its `model_construct`, since a call would build that part
    by itself as well.
    """

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        frozen=True,
        defer_build=True,
        validate_by_alias=True,
        validate_by_name=True,
        serialize_by_alias=True,
        protected_namespaces=(),
        allow_inf_nan=False,
    )


class Form(NamedTuple):
    """What a text must look like, said once for the model, the JSON Schema and the message.

    Attributes:
        says: What it is, with its article, for messages: `a duration`.
        example: Right ones, for messages and editors: `90s, 10m, 24h or 7d`.
        pattern: A regular expression of the whole text that Python and ECMAScript read alike.
        longest: The most characters it may have.
        own: Whether a plain scalar of this form is never ambiguous, since the field has a syntax of its own.
        code: The finding for a text that is not of this form.
        judge: What the pattern cannot say; told to people by `says`.
        never: A regular expression that must be found nowhere in the text; empty for none.
    """

    says: str
    example: str
    pattern: str
    longest: int = 1024
    own: bool = False
    code: Literal["MOG115", "MOG117"] = "MOG115"
    judge: Callable[[str], bool] | None = None
    never: str = ""

    def matches(self, text: str) -> bool:
        """Whether `text`, as a whole, is of this form."""
        if len(text) > self.longest or not _compiled(self.pattern).fullmatch(text):
            return False
        if self.never and _compiled(self.never).search(text):
            return False
        return self.judge is None or self.judge(text)

    def _require(self, text: str) -> str:
        if not self.matches(text):
            raise PydanticCustomError("form", "not of the form")
        return text

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_after_validator_function(self._require, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        said = {**handler(schema), "pattern": f"^(?:{self.pattern})$", "maxLength": self.longest}
        never = {"not": {"pattern": self.never}} if self.never else {}
        examples = {"examples": list(self.examples)} if self.examples else {}
        hint = {} if self.matches(ANY) else {MESSAGE: f"Write {self.says}, such as {self.example}."}
        return {**said, **never, **examples, **hint}

    @property
    def examples(self) -> tuple[str, ...]:
        """The right ones that `example` names; none for a text of any words: its fields have their own."""
        named = (one.strip('"') for one in re.split(r", | or ", self.example))
        return () if self.matches(ANY) else tuple(text for text in named if self.matches(text))


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII)


class Given(NamedTuple):
    """A rule on how many of some optional fields are given; an explicit null counts as not given.

    Attributes:
        names: The fields, as they are written.
        least: How many there must be.
        most: How many there may be: all of them, or one.
    """

    names: tuple[str, ...]
    least: int
    most: int

    def require(self, part: Part) -> None:
        """Raise pydantic's error where `part` breaks the rule."""
        given = [name for name in self.names if getattr(part, attribute(name)) is not None]
        if not self.least <= len(given) <= self.most:
            raise PydanticCustomError("given", "not given", {"names": list(self.names), "given": given})

    def schema(self) -> dict[str, Any]:
        """The same rule as JSON Schema."""
        each: list[dict[str, Any]] = [
            {"type": "object", "required": [name], "properties": {name: {"not": {"type": "null"}}}}
            for name in self.names
        ]
        if self.least == 0:
            return {"not": {"allOf": each}}
        return {"oneOf" if self.most == 1 else "anyOf": each}


def attribute(name: str) -> str:
    """The Python name of the field that is written `name`; Python's own words get an underscore."""
    return name + "_" if name in {"from", "for"} else name


def _in_range(read: Callable[[str], object]) -> Callable[[str], bool]:
    def judge(text: str) -> bool:
        try:
            read(text)
        except ValueError:
            return False
        return True

    return judge


_SEGMENT = r"[a-z0-9]+(?:[._-][a-z0-9]+)*"
_STAR = r"[a-z0-9*]+(?:[._-][a-z0-9*]+)*"
_NO_NAME = rf"(?:^|/)(?:{'|'.join(places.RESERVED)})(?:/|$)|\.(?:lock|json|yaml)(?:/|$)"
_LOWER_HEX = "[0-9a-f]"
NAME = Form("a name", "team-a or iris.v2", _SEGMENT, places.MAX_NAME, code="MOG117", never=_NO_NAME)
MODEL_NAME = Form(
    "a model's name",
    "iris-classifier or team/iris",
    f"{_SEGMENT}(?:/{_SEGMENT})*",
    places.MAX_NAME,
    code="MOG117",
    never=_NO_NAME,
)
SEMVER = Form(
    "a semantic version",
    "1.2.0 or 2.0.0-rc.1",
    versions.PATTERN,
    versions.MAX_LENGTH,
    own=True,
    judge=versions.is_version,
)

Name = Annotated[str, NAME]
ModelName = Annotated[str, MODEL_NAME]
Semver = Annotated[str, SEMVER]
ModelPattern = Annotated[
    str, Form("a model's name or pattern", '"*" or "fraud/*"', f"{_STAR}(?:/{_STAR})*", places.MAX_NAME)
]
Label = Annotated[
    str,
    Form(
        "one line of text of at most 128 characters",
        "accuracy",
        r"[^\s\x00-\x1f\x7f](?:[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f])?",
        128,
    ),
]
Text = Annotated[str, Form("a text", "any words", r"\s*\S[\s\S]*", 100_000)]
Branch = Annotated[
    str,
    Form("the name of a branch", "main", "[A-Za-z0-9_][A-Za-z0-9._/-]*", 200, never=r"\.\.|//|[./]$|\.lock$"),
]
Digest = Annotated[
    str,
    Form(
        "a digest (`sha256:` and 64 lower-case hex digits)",
        "sha256:9f86d081884c…",
        f"sha256:{_LOWER_HEX}{{64}}",
        own=True,
    ),
]
Hex64 = Annotated[
    str, Form("64 lower-case hex digits, without a prefix", "9f86d081884c…", f"{_LOWER_HEX}{{64}}", own=True)
]
Commit = Annotated[
    str,
    Form(
        "a full commit id (40 or 64 lower-case hex digits)",
        "0f3c…, as `git rev-parse HEAD` prints it",
        f"{_LOWER_HEX}{{40}}(?:{_LOWER_HEX}{{24}})?",
        own=True,
    ),
]
Time = Annotated[
    str,
    Form(
        "a time in UTC",
        "2026-06-02T15:30:00Z",
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z",
        own=True,
        judge=_in_range(clock.parse_time),
    ),
]
Date = Annotated[
    str,
    Form(
        "a date",
        "2026-05-01",
        r"\d{4}-\d\d-\d\d",
        own=True,
        judge=_in_range(date.fromisoformat),
    ),
]
TimeOfDay = Annotated[str, Form("a time of day", '"08:00"', r"(?:[01]\d|2[0-3]):[0-5]\d")]
Timezone = Annotated[
    str,
    Form(
        "a name of the IANA time zone database",
        "Europe/Berlin or UTC",
        r"[A-Za-z_]+(?:[/+-][A-Za-z0-9_]+)*",
        64,
        judge=_in_range(clock.time_zone),
    ),
]
Duration = Annotated[str, Form("a duration", "90s, 10m, 24h or 7d", r"(?:0|[1-9]\d{0,8})[smhd]")]
Percent = Annotated[str, Form("a percentage", "5% or 0.5%", r"(?:0|[1-9]\d{0,3})(?:\.\d{1,4})?%")]
Uri = Annotated[
    str,
    Form(
        "a URI",
        "s3://bucket/key, https://host/path or file:folder",
        r"[a-z][a-z0-9+.-]*:[^\s\x00-\x1f\x7f]+",
        4096,
    ),
]
HttpUrl = Annotated[
    str, Form("an HTTP address", "https://host:9090/path", r"https?://[^\s\x00-\x1f\x7f]+", 4096)
]
Identity = Annotated[
    str,
    Form(
        "an identity (a system, a colon, and a name there)",
        "github:ana or github-team:acme/leads",
        r"[a-z][a-z0-9-]*:[!-~]+",
        256,
    ),
]
EnvironmentVariable = Annotated[
    str, Form("the name of an environment variable", "PROM_TOKEN", "[A-Za-z_][A-Za-z0-9_]*", 128)
]
FieldPath = Annotated[
    str, Form("a path of fields", "training.code.commit", r"[a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)*", 256)
]
Count = Annotated[int, Ge(0), Le(MAX_INTEGER)]
Positive = Annotated[int, Ge(1), Le(MAX_INTEGER)]
Integer = Annotated[int, Ge(-MAX_INTEGER), Le(MAX_INTEGER)]
Number = Annotated[float, AllowInfNan(allow_inf_nan=False)]
Weight = Annotated[int, Ge(0), Le(100)]
AtLeastOne = MinLen(1)


def _as_schema(value: Any) -> Any:
    if not isinstance(value, dict | bool):
        raise PydanticCustomError("json_schema", "no JSON Schema")
    return value


JsonSchema = Annotated[
    Any, AfterValidator(_as_schema), WithJsonSchema({"anyOf": [{"type": "object"}, {"type": "boolean"}]})
]
ApiVersion = Literal["modelops/v1"]
