"""What went wrong in a model, in terms of the document: pydantic's errors without what is pydantic's own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from modelops_git.core.manifests import shape as shapes
from modelops_git.core.manifests.wording import pointer_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic_core import ErrorDetails

    from modelops_git.core.manifests.shape import Shape
    from modelops_git.core.manifests.wording import Key, Source

NO_VALUE = object()


@dataclass(frozen=True, slots=True)
class Context:
    """What a message needs to know of its document.

    Attributes:
        source: The document's text level.
        kind: The document's kind, for people.
        shape: The shape of the whole document.
        written: The document as JSON.
    """

    source: Source
    kind: str
    shape: Shape
    written: Any


@dataclass(frozen=True, slots=True)
class Fault:
    """One error of pydantic's, in terms of the document.

    Attributes:
        sort: pydantic's name for it.
        keys: Where it is, without the tags that pydantic puts in for unions.
        shape: What belongs there.
        on_key: Whether it is about the key and not the value.
        details: What pydantic adds.
    """

    sort: str
    keys: tuple[Key, ...]
    shape: Shape
    on_key: bool = False
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def pointer(self) -> str:
        """JSON Pointer to where it is."""
        return pointer_of(self.keys)


def fault_of(error: ErrorDetails, shape: Shape) -> Fault:
    """The fault that an error of pydantic's is, in a document of `shape`."""
    keys: list[Key] = []
    loc = list(error["loc"])
    # A key may itself be called `[key]`; of pydantic's, only the form of a key can be wrong.
    on_key = error["type"] == "form" and loc[1:][-1:] == ["[key]"]
    for item in loc[:-1] if on_key else loc:
        shape, is_tag = _next(shape, item)
        keys += [] if is_tag else [item]
    return Fault(error["type"], tuple(keys), bare(shape), on_key, error.get("ctx", {}))


def _next(shape: Shape, item: Key) -> tuple[Shape, bool]:
    """The shape behind one item of pydantic's path, and whether that item is a union's tag and no key."""
    shape = bare(shape)
    if isinstance(shape, shapes.EitherShape):
        return (shape.scalar if item == "name" else shape.mapping), True
    if isinstance(shape, shapes.ChoiceShape):
        return shape.parts.get(str(item), shapes.UNKNOWN), True
    return shapes.step(shape, item), False


def bare(shape: Shape) -> Shape:
    """The shape, whether or not null is allowed instead."""
    return shape.shape if isinstance(shape, shapes.OptionalShape) else shape


def value_at(fault: Fault, context: Context) -> Any:
    """What is written at a fault's place."""
    value = context.written
    for key in fault.keys:
        value = _below(value, key)
    return value


def _below(value: Any, key: Key) -> Any:
    if isinstance(value, dict):
        return value.get(key, NO_VALUE)
    in_list = isinstance(value, list) and isinstance(key, int) and key < len(value)
    return value[key] if in_list else NO_VALUE


def shape_at(keys: tuple[Key, ...], context: Context) -> Shape:
    """The shape at `keys`, where the tags that are written choose the members of unions."""
    shape, value = context.shape, context.written
    for key in keys:
        shape, value = shapes.step(_member(shape, value), key), _below(value, key)
    return _member(shape, value)


def _member(shape: Shape, value: Any) -> Shape:
    shape = bare(shape)
    if isinstance(shape, shapes.EitherShape):
        shape = shape.mapping
    if isinstance(shape, shapes.ChoiceShape) and isinstance(value, dict):
        return shape.parts.get(str(value.get(shape.tag)), shapes.UNKNOWN)
    return shape
