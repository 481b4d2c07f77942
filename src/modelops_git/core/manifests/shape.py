"""The shape of a manifest: for each position, what may be written there; read off the models' annotations.

Every shape says in `wanted`, with an article, what belongs at its position.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from modelops_git.core.manifests.base import Form, Part
from modelops_git.core.manifests.wording import listed

if TYPE_CHECKING:
    from collections.abc import Mapping

ANY_TEXT = Form("a text", "any words", r"[\s\S]*", 1_048_576)


class TextShape(NamedTuple):
    """A text of a form."""

    form: Form

    @property
    def wanted(self) -> str:
        """What belongs here."""
        return self.form.says


class WordShape(NamedTuple):
    """One of a few words."""

    words: tuple[str, ...]

    @property
    def wanted(self) -> str:
        """What belongs here."""
        return listed(self.words, "or") if len(self.words) == 1 else f"one of {listed(self.words, 'or')}"


class NumberShape(NamedTuple):
    """A number, or a whole number only."""

    whole: bool

    @property
    def wanted(self) -> str:
        """What belongs here."""
        return "a whole number" if self.whole else "a number"


@dataclass(frozen=True, slots=True)
class BooleanShape:
    """true or false."""

    @property
    def wanted(self) -> str:
        """What belongs here."""
        return "true or false"


class OpenShape(NamedTuple):
    """Anything; plain scalars are typed by the YAML 1.2 core schema.

    Attributes:
        known: False below an unknown field, of which nothing more needs saying.
    """

    known: bool = True

    @property
    def wanted(self) -> str:
        """What belongs here."""
        return "a value"


class ListShape(NamedTuple):
    """A list."""

    item: Shape

    @property
    def wanted(self) -> str:
        """What belongs here."""
        return "a list"


class MapShape(NamedTuple):
    """A mapping with keys that people choose."""

    key: Form
    value: Shape

    @property
    def wanted(self) -> str:
        """What belongs here."""
        return "a mapping"


class PartShape(NamedTuple):
    """A mapping with known fields."""

    part: type[Part]

    @property
    def wanted(self) -> str:
        """What belongs here."""
        return "a mapping"

    @property
    def fields(self) -> Mapping[str, FieldShape]:
        """The fields by the names that they are written with."""
        return _fields_of(self.part)

    @property
    def required(self) -> tuple[str, ...]:
        """The names of the fields that must be there."""
        return _required_of(self.part)


class FieldShape(NamedTuple):
    """One field: what it holds, and whether it must be there."""

    shape: Shape
    required: bool


class ChoiceShape(NamedTuple):
    """One of several mappings; the word at the key `tag` says which."""

    tag: str
    parts: Mapping[str, PartShape]

    @property
    def wanted(self) -> str:
        """What belongs here."""
        return "a mapping"


class EitherShape(NamedTuple):
    """A scalar of one shape, or else a mapping of another."""

    scalar: Shape
    mapping: Shape

    @property
    def wanted(self) -> str:
        """What belongs here."""
        return f"{self.scalar.wanted} or a mapping"


class OptionalShape(NamedTuple):
    """Of a shape, or null."""

    shape: Shape

    @property
    def wanted(self) -> str:
        """What belongs here."""
        return self.shape.wanted


Shape = (
    TextShape
    | WordShape
    | NumberShape
    | BooleanShape
    | OpenShape
    | ListShape
    | MapShape
    | PartShape
    | ChoiceShape
    | EitherShape
    | OptionalShape
)
OPEN = OpenShape()
UNKNOWN = OpenShape(known=False)


def shape_of(annotation: Any, metadata: tuple[Any, ...] = ()) -> Shape:
    """The shape that an annotation of a model's field asks for.

    Raises:
        TypeError: The annotation is of a sort that manifests do not use.
    """
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *more = get_args(annotation)
        return shape_of(inner, (*more, *metadata))
    if origin in (Union, UnionType):
        return _union(get_args(annotation), metadata)
    return _plain(annotation, metadata) if origin is None else _container(annotation)


def step(shape: Shape, key: str | int) -> Shape:
    """The shape of what is at `key` below a value of `shape`; unknown where there should be nothing."""
    match shape:
        case OptionalShape(inner):
            return step(inner, key)
        case EitherShape(_, mapping):
            return step(mapping, key)
        case PartShape() if key in shape.fields:
            return shape.fields[str(key)].shape
        case MapShape(_, value) | ListShape(value):
            return value
        case OpenShape():
            return shape
    return UNKNOWN


def _union(members: tuple[Any, ...], metadata: tuple[Any, ...]) -> Shape:
    rest = tuple(member for member in members if member is not type(None))
    if len(rest) < len(members):
        inner = rest[0] if len(rest) == 1 else Union[rest]  # noqa: UP007 - built from a tuple
        return OptionalShape(shape_of(inner, metadata))
    tag = next((found for item in metadata if (found := _tag(item))), None)
    shapes = [shape_of(member) for member in rest]
    if tag is None:
        scalar, mapping = shapes
        return EitherShape(scalar, mapping)
    parts = [shape for shape in shapes if isinstance(shape, PartShape)]
    return ChoiceShape(tag, {word: shape for shape in parts for word in _words(shape, tag)})


def _tag(item: Any) -> str | None:
    found = item.discriminator if isinstance(item, FieldInfo) else None
    return found if isinstance(found, str) else None


def _words(shape: PartShape, tag: str) -> tuple[str, ...]:
    tagged = shape.fields[tag].shape
    return tagged.words if isinstance(tagged, WordShape) else ()


def _container(annotation: Any) -> Shape:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return WordShape(arguments)
    if origin is tuple:
        return ListShape(shape_of(arguments[0]))
    if origin is dict:
        key = shape_of(arguments[0])
        return MapShape(key.form if isinstance(key, TextShape) else ANY_TEXT, shape_of(arguments[1]))
    raise TypeError(f"no manifest holds {annotation}")


def _plain(annotation: Any, metadata: tuple[Any, ...]) -> Shape:
    if annotation is str:
        return TextShape(next((item for item in metadata if isinstance(item, Form)), ANY_TEXT))
    if annotation is Any:
        return OPEN
    if annotation is bool:
        return BooleanShape()
    if annotation in (int, float):
        return NumberShape(whole=annotation is int)
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return PartShape(annotation)
    raise TypeError(f"no manifest holds {annotation}")


@cache
def _fields_of(part: type[Part]) -> Mapping[str, FieldShape]:
    return {
        info.alias or name: FieldShape(shape_of(info.annotation, (*info.metadata, info)), info.is_required())
        for name, info in part.model_fields.items()
    }


@cache
def _required_of(part: type[Part]) -> tuple[str, ...]:
    return tuple(name for name, field in _fields_of(part).items() if field.required)
