"""How people name a model and a version: `iris`, `team/iris`, `iris@1.2.0`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from modelops_git.core.checks.base import did_you_mean
from modelops_git.core.errors import UsageError
from modelops_git.core.places import is_name

if TYPE_CHECKING:
    from collections.abc import Collection

    from modelops_git.core.catalog import Catalog
    from modelops_git.core.manifests.parse import Document


@dataclass(frozen=True, slots=True)
class Reference:
    """A model, and what stands behind the `@`.

    Attributes:
        model: The model's name; may contain `/`.
        at: A version, or for `pull` an environment; empty where nothing was said.
    """

    model: str
    at: str = ""

    def __str__(self) -> str:
        return f"{self.model}@{self.at}" if self.at else self.model


def parse_reference(text: str) -> Reference:
    """The reference that `MODEL` or `MODEL@VERSION` spells.

    Raises:
        UsageError: It is neither.
    """
    model, at_sign, at = text.partition("@")
    if not is_name(model) or (at_sign and not at) or "@" in at or "/" in at:
        raise UsageError(
            f"{text!r} is not the name of a model or a version",
            hint="Write MODEL or MODEL@VERSION, such as iris or team/iris@1.2.0.",
        )
    return Reference(model, at)


def find_model(catalog: Catalog, name: str) -> Document:
    """The manifest of the model `name`.

    Raises:
        UsageError: There is no such model, or its manifest cannot be read.
    """
    document = catalog.model(name)
    if document is None:
        raise _missing(f"there is no model {name!r} here", name, catalog.models(), "models")
    return document


def find_version(catalog: Catalog, model: str, version: str) -> Document:
    """The manifest of one version.

    Raises:
        UsageError: There is no such model or version, or its manifest cannot be read.
    """
    find_model(catalog, model)
    document = catalog.version(model, version)
    if document is None:
        raise _missing(f"{model} has no version {version!r}", version, catalog.versions(model), "versions")
    return document


def _missing(message: str, name: str, known: Collection[str], what: str) -> UsageError:
    """The error for a name that is not `known`, or one whose manifest cannot be read."""
    if name in known:
        return UsageError(f"the manifest of {name!r} has mistakes", hint="See `modelops validate --all`.")
    return UsageError(message, hint=did_you_mean(name, known, what))
