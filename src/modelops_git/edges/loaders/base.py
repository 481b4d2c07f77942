"""What a loader is: from the verified files of a version to something that answers requests.

A loader is a function that is given a `Source` and returns a `Predictor`. It runs once for a version, in a
thread of its own; the predictor's `infer` is called by many threads at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from modelops_git.core.errors import ModelopsError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    Tensor = NDArray[Any]

ENTRY_POINTS = "modelops_git.loaders"
"""The entry points of loaders that others wrote: the name is the format."""
ANY = -1
"""A length that each request chooses."""
NUMPY = {
    "BOOL": "bool",
    **{f"{kind}{bits}": f"{kind}{bits}".lower() for kind in ("INT", "UINT") for bits in (8, 16, 32, 64)},
    **{f"FP{bits}": f"float{bits}" for bits in (16, 32, 64)},
    "BYTES": "object",
}
"""The datatypes of the Open Inference Protocol, and what numpy calls them; texts are objects there."""


class ModelError(ModelopsError):
    """A version cannot be loaded, or its model failed on an input that its interface allows."""


class BadInputError(ModelopsError):
    """What somebody sent is not what the model takes.

    Attributes:
        pointer: RFC 6901 pointer to the part that is meant: into the list of instances, such as `/0/2`, or
            for tensors their name, such as `/petal_length`.
    """

    def __init__(self, pointer: str, message: str) -> None:
        super().__init__(message)
        self.pointer = pointer


class TensorSpec(NamedTuple):
    """A tensor that a model takes or gives.

    Attributes:
        name: Its name.
        datatype: Of the Open Inference Protocol, such as `FP32`; one of `NUMPY`.
        shape: The length of each dimension, -1 where each request chooses it. The first one counts the
            instances where it is -1 or 1; otherwise the tensor is that of a single instance.
    """

    name: str
    datatype: str
    shape: tuple[int, ...]

    @property
    def has_batch(self) -> bool:
        """Whether the first dimension counts the instances."""
        return self.shape[:1] in {(ANY,), (1,)}

    @property
    def inner(self) -> tuple[int, ...]:
        """The shape of one instance."""
        return self.shape[1:] if self.has_batch else self.shape


class File(NamedTuple):
    """One file of a version.

    Attributes:
        path: Relative to the version's folder.
        role: What it is for, such as `model`.
        format: What it is, by its content; by what the manifest says where content does not tell.
    """

    path: str
    role: str
    format: str


@dataclass(frozen=True, slots=True)
class Source:
    """A version whose bytes have just been verified.

    Attributes:
        model: The model's name.
        version: The version's number.
        folder: Holds the files of the version, and no others.
        files: All of them.
        interface: As in the manifest: `{"protocol", "input", "output"}`.
        algorithm: The algorithm that the manifest states; empty where it states none.
        allowed: The formats that the Registry allows this model today.
        threads: How many threads one prediction may use; 0 for as many as there are cores.
        read: The bytes of a file, given its path; hashed once more, so they are what was reviewed.
    """

    model: str
    version: str
    folder: Path
    files: tuple[File, ...]
    interface: Mapping[str, Any]
    algorithm: str
    allowed: frozenset[str]
    threads: int
    read: Callable[[str], bytes]

    def models(self) -> tuple[File, ...]:
        """The files that are the model itself."""
        return tuple(one for one in self.files if one.role == "model")

    @property
    def name(self) -> str:
        """Model and version, for messages."""
        return f"{self.model} {self.version}"


class Predictor(Protocol):
    """A model in memory."""

    @property
    def inputs(self) -> tuple[TensorSpec, ...]:
        """What it takes."""

    @property
    def outputs(self) -> tuple[TensorSpec, ...]:
        """What it gives."""

    def infer(self, tensors: Mapping[str, Tensor], /) -> Mapping[str, Tensor | list[dict[Any, Any]]]:
        """The outputs for the inputs, which have the names, datatypes and shapes of `inputs`.

        An output may be a list of maps, one for each instance, as classifiers give that answer by name of
        class. Called by several threads at once.

        Raises:
            BadInputError: The model does not take such values.
            Exception: Anything else means that the model failed.
        """


class Loader(Protocol):
    """Makes a predictor of a version's files."""

    def __call__(self, source: Source, /) -> Predictor:
        """Load the version.

        Raises:
            ModelError: It cannot be loaded.
            UsageError: A package for it is not installed.
        """


@cache
def numpy_type(datatype: str) -> np.dtype[Any]:
    """What numpy calls a datatype of the Open Inference Protocol."""
    import numpy as np

    return np.dtype(NUMPY[datatype])
