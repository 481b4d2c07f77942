"""Weights that safetensors stored, and the function that makes a model of them.

Such a file has tensors and no graph. What computes with them is code, which is installed beside this and
never comes from a version: an entry point of the group `modelops_git.safetensors`, whose name is the
`algorithm` that the version's manifest states.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from modelops_git.core.errors import ModelopsError, UsageError
from modelops_git.edges.loaders.base import ModelError
from modelops_git.edges.loaders.installed import installed

if TYPE_CHECKING:
    from modelops_git.edges.loaders.base import Predictor, Source, Tensor

ENTRY_POINTS = "modelops_git.safetensors"


def load(source: Source) -> Predictor:
    """Read the tensors of a version, and build what the entry point makes of them.

    Raises:
        ModelError: There is no such entry point, it fails, or the tensors cannot be read.
        UsageError: safetensors is not installed.
    """
    build = _build(source)
    tensors = _tensors(source)
    try:
        predictor: Predictor = build(tensors, source)
    except ModelopsError:
        raise
    except Exception as error:
        reason = " ".join(str(error).split())[:500] or type(error).__name__
        raise ModelError(f"{source.algorithm} cannot be built of {source.name}: {reason}") from error
    return predictor


def _build(source: Source) -> Any:
    if not source.algorithm:
        raise ModelError(
            f"the manifest of {source.name} states no algorithm, which names what computes with its weights",
            hint=f"Register it with `--algorithm NAME`, the name of an entry point of {ENTRY_POINTS}.",
        )
    build = installed(ENTRY_POINTS, source.algorithm)
    if build is None:
        raise ModelError(
            f"nothing here computes with the weights of {source.name}, whose algorithm is {source.algorithm}",
            hint=f"Install a package with an entry point of the group {ENTRY_POINTS} whose name is "
            f"{source.algorithm}.",
        )
    return build


def _tensors(source: Source) -> dict[str, Tensor]:
    """All tensors of all files, by their names."""
    try:
        reader = import_module("safetensors.numpy")
    except ImportError as error:
        raise UsageError(
            "safetensors files are read by safetensors, which is not installed",
            hint="Run `pip install 'modelops-git[safetensors]'`.",
        ) from error
    found: dict[str, Tensor] = {}
    for file in source.models():
        try:
            more = reader.load(source.read(file.path))
        except ModelopsError:
            raise
        except Exception as error:
            raise ModelError(f"{file.path} of {source.name} cannot be read: {error}") from error
        if twice := found.keys() & more.keys():
            raise ModelError(f"{source.name} has the tensor {min(twice)} in two files")
        found |= more
    return found
