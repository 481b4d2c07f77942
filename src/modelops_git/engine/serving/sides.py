"""Which tensor holds which part of an instance: the rule by which `register` reads an interface from a graph.

One tensor is the instance itself, several are an object by their names. An object with a single property may
stand for a single tensor too, whatever the names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from modelops_git.edges.loaders.base import ModelError, TensorSpec

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Side(NamedTuple):
    """What goes in, or what comes out.

    Attributes:
        specs: The tensors.
        keys: The property of an instance that each of them holds; None where one holds all of it.
        schemas: The schema of what each of them holds.
    """

    specs: tuple[TensorSpec, ...]
    keys: tuple[str, ...] | None
    schemas: tuple[Any, ...]

    @property
    def has_batch(self) -> bool:
        """Whether several instances can be one request to the model."""
        return all(one.shape[:1] == (-1,) for one in self.specs)


def input_side(schema: Any, specs: Sequence[TensorSpec], subject: str) -> Side:
    """How an instance of the interface's `input` goes into the tensors of a model.

    Raises:
        ModelError: It does not: a tensor has no property, or a required property no tensor.
    """
    side = _side(schema, specs, subject, "takes")
    if side.keys is not None and (missing := {one.name for one in specs} - {one.name for one in side.specs}):
        raise _unlike(subject, f"the model takes {_named(missing)}, which the input of the interface lacks")
    return side


def output_side(schema: Any, specs: Sequence[TensorSpec], subject: str) -> Side:
    """How the tensors of a model become what the interface's `output` says; others are left out.

    Raises:
        ModelError: They do not: several tensors are no object, or a required property has no tensor.
    """
    return _side(schema, specs, subject, "gives")


def _side(schema: Any, specs: Sequence[TensorSpec], subject: str, verb: str) -> Side:
    properties, required = _named_in(schema)
    if len(specs) == 1 and specs[0].name not in properties:
        return _single(schema, specs[0], properties, subject)
    if not specs:
        raise _unlike(subject, f"the model {verb} nothing")
    if isinstance(schema, dict) and schema.get("type", "object") != "object":
        names = _named({one.name for one in specs})
        raise _unlike(subject, f"the model {verb} {names}, and the interface names no properties for them")
    chosen = tuple(one for one in specs if not properties or one.name in properties)
    if missing := set(required) - {one.name for one in chosen}:
        names = _named({one.name for one in specs})
        raise _unlike(subject, f"the interface asks for {_named(missing)}, and the model {verb} {names}")
    if not chosen:
        raise _unlike(subject, f"the interface knows none of what the model {verb}")
    return Side(
        chosen, tuple(one.name for one in chosen), tuple(properties.get(one.name, True) for one in chosen)
    )


def _single(schema: Any, spec: TensorSpec, properties: Mapping[str, Any], subject: str) -> Side:
    if len(properties) == 1:
        ((key, inner),) = properties.items()
        return Side((spec,), (key,), (inner,))
    if properties:
        raise _unlike(
            subject,
            f"the interface has the properties {_named(properties)}, and the model one tensor, {spec.name}",
        )
    return Side((spec,), None, (schema,))


def _named_in(schema: Any) -> tuple[Mapping[str, Any], Sequence[str]]:
    """The properties that an object has by a schema, and those that it must have."""
    if not isinstance(schema, dict) or schema.get("type") != "object":
        return {}, ()
    properties = schema.get("properties")
    required = schema.get("required")
    return (
        properties if isinstance(properties, dict) else {},
        required if isinstance(required, list) else (),
    )


def _named(names: Any) -> str:
    return ", ".join(sorted(map(str, names)))


def _unlike(subject: str, why: str) -> ModelError:
    return ModelError(
        f"the interface of {subject} does not fit its model: {why}",
        hint="Register a version whose interface has the names that the model has.",
    )
