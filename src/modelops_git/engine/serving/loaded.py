"""A version in memory that answers: instances in, answers out, by the interface of its manifest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from modelops_git.core.errors import ModelopsError
from modelops_git.core.interfaces.pointers import pointer
from modelops_git.edges.loaders.base import ANY, BadInputError, ModelError, numpy_type
from modelops_git.engine.serving.answers import answers_of, unzipped
from modelops_git.engine.serving.arrays import array_of, fits, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from modelops_git.edges.loaders.base import Predictor, Tensor, TensorSpec
    from modelops_git.engine.serving.checking import Refusal
    from modelops_git.engine.serving.manifests import Served
    from modelops_git.engine.serving.sides import Side

MOST_INSTANCES = 65_536
"""Of one request; what a model gives for an instance may be far larger than the instance."""


class Parts(NamedTuple):
    """What a loaded version is made of.

    Attributes:
        document: Its manifest.
        predictor: The model.
        inputs: How instances become tensors.
        outputs: How tensors become answers.
        check: Says why an instance is not valid by the interface.
    """

    document: Served
    predictor: Predictor
    inputs: Side
    outputs: Side
    check: Callable[[Any], Refusal | None]


class Loaded:
    """A version that is loaded. All methods may be called by many threads at once.

    Attributes:
        document: Its manifest.
        interface: The interface as the manifest says it.
        inputs: The tensors that it takes.
        outputs: The tensors that it gives.
    """

    def __init__(self, parts: Parts) -> None:
        self.document = parts.document
        self.interface: Mapping[str, Any] = parts.document.written["interface"]
        self.inputs = tuple(parts.predictor.inputs)
        self.outputs = tuple(parts.predictor.outputs)
        self._known = frozenset(one.name for one in self.inputs)
        self._kinds = {one.name: one.datatype for one in self.outputs}
        self._predictor: Predictor | None = parts.predictor
        self._in, self._out, self._check = parts.inputs, parts.outputs, parts.check

    def refusal(self, instance: Any) -> Refusal | None:
        """Why the interface does not take an instance; None where it does."""
        return self._check(instance)

    def predict(self, instances: Sequence[Any]) -> list[Any]:
        """The answers for instances, in their order, as the interface's `output` describes one.

        Raises:
            BadInputError: An instance does not fit the model's tensors; the pointer begins with its index.
            ModelError: The model failed.
        """
        _refuse_many(instances)
        if self._in.has_batch:
            return self._predict(instances, 0) if instances else []
        return [one for at, instance in enumerate(instances) for one in self._predict([instance], at)]

    def infer(self, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """The outputs for inputs given as tensors, as the Open Inference Protocol has them.

        Probabilities by name of class, which some exporters write, are an array in the order of the classes.

        Raises:
            BadInputError: The inputs are not those of `inputs`; the pointer is the name of one.
            ModelError: The model failed.
        """
        return self.run(self.fitting(tensors))

    def fitting(self, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """The inputs as the model takes them; texts may be given as bytes.

        Raises:
            BadInputError: They are not those of `inputs`; the pointer is the name of one.
        """
        return dict(self._fitting(tensors))

    def run(self, fitting: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """What `infer` gives, for inputs that fit.

        Raises:
            ModelError: The model failed.
        """
        kinds = self._kinds
        return {name: unzipped(value, kinds.get(name, "FP32")) for name, value in self._run(fitting).items()}

    def instances(self, fitting: Mapping[str, Tensor]) -> list[Any]:
        """The instances that inputs which fit amount to, to be checked and logged.

        Raises:
            BadInputError: They hold what JSON cannot say.
        """
        try:
            return answers_of(fitting, self._in, _count(fitting, self._in))
        except ModelError as error:
            raise BadInputError("", error.message) from error

    def answers(self, tensors: Mapping[str, Tensor]) -> list[Any]:
        """The answers that output tensors amount to, to be logged, one for each instance.

        Raises:
            ModelError: They hold what JSON cannot say.
        """
        return answers_of(tensors, self._out, _count(tensors, self._out))

    def close(self) -> None:
        """Let go of the model; what is being answered is answered still."""
        self._predictor = None

    def _predict(self, instances: Sequence[Any], at: int) -> list[Any]:
        tensors = {
            spec.name: self._tensor(
                spec, instances, at, None if self._in.keys is None else self._in.keys[index]
            )
            for index, spec in enumerate(self._in.specs)
        }
        return answers_of(self._run(tensors), self._out, len(instances))

    def _tensor(self, spec: TensorSpec, instances: Sequence[Any], at: int, key: str | None) -> Tensor:
        """One input for several instances, or for one that has no batch; `at` is the first one's index."""
        values = instances if key is None else [_value(one, key, at + n) for n, one in enumerate(instances)]
        shape = (ANY, *spec.inner)
        try:
            found = array_of(values, spec.datatype, shape)
        except BadInputError as error:
            index, _, rest = error.pointer[1:].partition("/")
            steps = [] if key is None else [key]
            where = pointer([at + int(index), *steps]) + (f"/{rest}" if rest else "")
            raise BadInputError(where, error.message) from error
        return found if spec.has_batch else found[0, ...]

    def _run(self, tensors: Mapping[str, Tensor]) -> Mapping[str, Any]:
        predictor = self._predictor
        if predictor is None:
            raise ModelError(f"{self._name} is no longer loaded")
        try:
            return dict(predictor.infer(tensors))
        except ModelopsError:
            raise
        except Exception as error:
            reason = " ".join(str(error).split())[:500] or type(error).__name__
            raise ModelError(f"{self._name} failed: {reason}") from error

    @property
    def _name(self) -> str:
        return f"{self.document.manifest.model} {self.document.manifest.version}"

    def _fitting(self, tensors: Mapping[str, Tensor]) -> Iterator[tuple[str, Tensor]]:
        """The inputs as the model takes them, all of which fit."""
        for name in tensors:
            if name not in self._known:
                names = ", ".join(sorted(self._known))
                raise BadInputError(pointer([name]), f"the model takes no {shown(name)}, only {names}")
        lengths: set[int] = set()
        for spec in self.inputs:
            tensor = tensors.get(spec.name)
            if tensor is None:
                raise BadInputError(pointer([spec.name]), "it is missing")
            lengths |= {tensor.shape[0]} if spec.shape[:1] == (ANY,) and tensor.ndim else set()
            if len(lengths) > 1:
                raise BadInputError(
                    pointer([spec.name]), "its first dimension is not that of the other inputs"
                )
            if (
                lengths and (most := max(lengths)) > MOST_INSTANCES
            ):  # before anything is done about each of them
                raise _too_many(most, pointer([spec.name]))
            yield spec.name, _fitted(spec, tensor)


def _fitted(spec: TensorSpec, tensor: Tensor) -> Tensor:
    if tensor.dtype != numpy_type(spec.datatype):
        raise BadInputError(
            pointer([spec.name]), f"its elements are {tensor.dtype}, and the model takes {spec.datatype}"
        )
    if not fits(tensor.shape, spec.shape):
        raise BadInputError(
            pointer([spec.name]), f"its shape is {list(tensor.shape)}, and the model takes {list(spec.shape)}"
        )
    return tensor if spec.datatype != "BYTES" else _texts(pointer([spec.name]), tensor)


def _texts(where: str, tensor: Tensor) -> Tensor:
    """The tensor with texts, which the protocol sends as bytes."""
    import numpy as np

    texts = np.empty(tensor.shape, dtype=object)
    for index, value in np.ndenumerate(tensor):
        try:
            texts[index] = value.decode() if isinstance(value, bytes) else value
        except UnicodeDecodeError as error:
            raise BadInputError(where, "one of its texts is not UTF-8") from error
        if not isinstance(texts[index], str):
            raise BadInputError(where, f"{shown(value)} is not a text")
    return texts


def _count(tensors: Mapping[str, Tensor], side: Side) -> int:
    counts = [tensors[one.name].shape[0] for one in side.specs if one.has_batch]
    return counts[0] if counts else 1


def _value(instance: Any, key: str, at: int) -> Any:
    if not isinstance(instance, dict):
        raise BadInputError(pointer([at]), f"{shown(instance)} is not an object")
    if key not in instance:
        raise BadInputError(pointer([at]), f"{shown(key)} is missing")
    return instance[key]


def _refuse_many(instances: Sequence[Any]) -> None:
    if len(instances) > MOST_INSTANCES:
        raise _too_many(len(instances), "")


def _too_many(count: int, where: str) -> BadInputError:
    return BadInputError(where, too_many(count))


def too_many(count: int) -> str:
    """That so many instances are too many."""
    return f"{count:,} instances are too many for one request; {MOST_INSTANCES:,} are allowed"
