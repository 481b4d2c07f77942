"""What a registry holds: its models, their versions, and what is said about one of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from modelops_git.core.artifacts import artifacts_digest
from modelops_git.core.references import find_model, find_version
from modelops_git.core.versions import is_prerelease

if TYPE_CHECKING:
    from modelops_git.core.catalog import Catalog
    from modelops_git.core.manifests.parse import Document


@dataclass(frozen=True, slots=True)
class ModelRow:
    """One model in a list.

    Attributes:
        name: Its name.
        newest: Its newest release, or pre-release where there is none; empty without versions.
        versions: How many versions it has.
        wanted: Environment to the version that its rollout manifest asks for.
        lifecycle: `active`, `deprecated` or `archived`; empty where `model.yaml` cannot be read.
        description: What it does.
    """

    name: str
    newest: str
    versions: int
    wanted: dict[str, str]
    lifecycle: str
    description: str


@dataclass(frozen=True, slots=True)
class ModelView:
    """All there is to say about a model.

    Attributes:
        document: Its `model.yaml`.
        versions: Its versions, oldest first.
        wanted: Environment to the version that its rollout manifest asks for.
    """

    document: Document
    versions: tuple[str, ...]
    wanted: dict[str, str]


@dataclass(frozen=True, slots=True)
class VersionView:
    """All there is to say about a version.

    Attributes:
        document: Its manifest.
        artifacts: The artifacts digest.
        notices: What became known later, oldest first.
        wanted: The environments whose rollout manifests ask for it.
    """

    document: Document
    artifacts: str
    notices: tuple[Document, ...]
    wanted: tuple[str, ...]


def list_models(catalog: Catalog) -> tuple[ModelRow, ...]:
    """Every model, by name."""
    wanted = _wanted(catalog)
    return tuple(_row(catalog, name, wanted.get(name, {})) for name in catalog.models())


def view_model(catalog: Catalog, name: str) -> ModelView:
    """One model.

    Raises:
        UsageError: There is no such model.
    """
    document = find_model(catalog, name)
    return ModelView(document, tuple(catalog.versions(name)), _wanted(catalog).get(name, {}))


def view_version(catalog: Catalog, model: str, version: str) -> VersionView:
    """One version.

    Raises:
        UsageError: There is no such model or version.
    """
    document = find_version(catalog, model, version)
    wanted = _wanted(catalog).get(model, {})
    return VersionView(
        document,
        artifacts_digest(document.written),
        tuple(catalog.notices(model, version)),
        tuple(environment for environment, asked in wanted.items() if asked == version),
    )


def newest(versions: tuple[str, ...]) -> str:
    """The newest release, else the newest pre-release, else nothing.

    Args:
        versions: Semantic versions, oldest first.
    """
    releases = [version for version in versions if not is_prerelease(version)]
    return (releases or list(versions) or [""])[-1]


def _row(catalog: Catalog, name: str, wanted: dict[str, str]) -> ModelRow:
    document = catalog.model(name)
    versions = tuple(catalog.versions(name))
    lifecycle = document.manifest.lifecycle if document else ""
    description = document.manifest.description if document else ""
    return ModelRow(name, newest(versions), len(versions), wanted, lifecycle, description)


def _wanted(catalog: Catalog) -> dict[str, dict[str, str]]:
    """Model to environment to version, by the rollout manifests; environments in promotion order."""
    registry = catalog.registry
    order = [environment.name for environment in registry.manifest.environments] if registry else []
    asked: dict[str, dict[str, str]] = {}
    for rollout in catalog.rollouts():
        manifest = rollout.manifest
        asked.setdefault(manifest.model, {})[manifest.environment] = manifest.version
    return {model: _in_order(versions, order) for model, versions in asked.items()}


def _in_order(versions: dict[str, str], order: list[str]) -> dict[str, str]:
    names = [name for name in order if name in versions]
    return {name: versions[name] for name in [*names, *sorted(versions.keys() - set(names))]}
