"""A model and a version, for people and for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from modelops_git.faces.reporting.lines import Span, Style, clipped
from modelops_git.faces.reporting.outlines import outline
from modelops_git.faces.reporting.tables import columns, table
from modelops_git.faces.reporting.text import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from modelops_git.core.manifests.version import ModelVersion
    from modelops_git.engine.overview import ModelView, VersionView
    from modelops_git.faces.reporting.lines import Line

ROOM = 70
SHORT = 12


def model_to_json(view: ModelView) -> dict[str, Any]:
    """The manifest as written, the versions oldest first, and what the rollout manifests ask for."""
    return {"model": view.document.written, "versions": list(view.versions), "wanted": view.wanted}


def version_to_json(view: VersionView) -> dict[str, Any]:
    """The manifest as written with its digests, the notices as written, and where it is wanted."""
    return {
        "version": view.document.written,
        "manifest_digest": view.document.digest,
        "artifacts_digest": view.artifacts,
        "notices": [notice.written for notice in view.notices],
        "wanted_in": list(view.wanted),
    }


def model_lines(view: ModelView) -> list[Line]:
    """The model, what is wanted of it, and its versions with the newest first."""
    model = view.document.manifest
    about = {
        "owners": ", ".join(model.owners),
        "risk": model.risk,
        "lifecycle": model.lifecycle,
        "license": model.license or "",
        "tags": ", ".join(model.tags),
        "intended use": model.intended_use or "",
        **{f"wanted in {environment}": version for environment, version in view.wanted.items()},
    }
    lines = [
        *_title(model.name, model.description),
        *_facts(about),
        "",
        f"{counted(len(view.versions), 'version')}",
    ]
    return [*lines, *(f"  {version}" for version in reversed(view.versions))]


def version_lines(view: VersionView) -> list[Line]:
    """The version, its notices, files, metrics and where it comes from."""
    version: ModelVersion = view.document.manifest
    lines = [*_title(f"{version.model} {version.version}", version.summary), *_facts(_about(view))]
    for notice in view.notices:
        manifest = notice.manifest
        lines.append((Span(manifest.type, Style.BAD), f": {manifest.reason}"))
    for heading, body in _sections(version):
        lines += ["", Span(heading, Style.STRONG), *body]
    return lines


def _title(name: str, said: str) -> list[Line]:
    return [Span(name, Style.STRONG), *said.splitlines(), ""]


def _about(view: VersionView) -> dict[str, str]:
    version: ModelVersion = view.document.manifest
    framework = version.framework
    return {
        "manifest digest": view.document.digest,
        "artifacts digest": view.artifacts,
        "created": f"{version.created_at} by {', '.join(version.authors)}",
        "parent": version.parent or "",
        "wanted in": ", ".join(view.wanted),
        "framework": f"{framework.name} {framework.version or ''}".rstrip() if framework else "",
        "algorithm": version.algorithm or "",
        "image": version.image or "",
    }


def _sections(version: ModelVersion) -> Iterable[tuple[str, Sequence[Line]]]:
    files = [(row.path, row.role, f"{row.size:,}", row.sha256[:SHORT]) for row in version.artifacts]
    yield "Files", table(("PATH", "ROLE", "BYTES", "SHA-256"), files)
    schema = version.interface
    sides = {"protocol": schema.protocol, "input": outline(schema.input), "output": outline(schema.output)}
    yield "Interface", _facts(sides)
    metrics = [
        (one.name, metric, number(value))
        for one in version.evaluations
        for metric, value in one.metrics.items()
    ]
    if metrics:
        yield "Metrics", table(("EVALUATION", "METRIC", "VALUE"), metrics)
    training = _training(version)
    if training:
        yield "Training", _facts(training)
    if version.limitations:
        yield "Limitations", [f"- {clipped(text, ROOM * 4)}" for text in version.limitations]


def _training(version: ModelVersion) -> dict[str, str]:
    training = version.training
    if training is None:
        return {}
    data = [f"{one.name} {(one.sha256 or 'no digest')[:SHORT]}" for one in training.data]
    parameters = [f"{name}={_compact(value)}" for name, value in training.hyperparameters.items()]
    return {
        "data": ", ".join(data),
        "code": f"{training.code.repository} at {training.code.commit[:SHORT]}" if training.code else "",
        "hyperparameters": ", ".join(parameters),
        "seed": "" if training.seed is None else str(training.seed),
    }


def _facts(facts: Mapping[str, str]) -> list[Line]:
    """Names and values in two columns; empty values are left out."""
    return columns([(Span(name, Style.FAINT), value) for name, value in facts.items() if value])


def _compact(value: Any) -> str:
    return clipped(json.dumps(value, ensure_ascii=False), ROOM * 4)


def number(value: float) -> str:
    """A metric as people write it: six significant digits."""
    return f"{value:.6g}"
