"""What may be live: archived models, revoked and deprecated versions, rollouts that nothing carries."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, cast

from modelops_git.core.checks.base import Defect, check
from modelops_git.core.checks.references import pins
from modelops_git.core.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelops_git.core.checks.context import Context
    from modelops_git.core.manifests.model import Model
    from modelops_git.core.manifests.notice import Notice
    from modelops_git.core.manifests.parse import Document

LIVE = ("Rollout", "Experiment")


@check("MOG211", "archived-model-live", kinds=LIVE)
def archived_model_live(document: Document, context: Context) -> Iterator[Defect]:
    """An archived model has a rollout or an experiment.

    Wrong:
    ```yaml
    # models/iris/model.yaml, while models/iris/rollouts/production.yaml exists
    lifecycle: archived
    ```
    Right:
    ```yaml
    lifecycle: deprecated         # until the last rollout is deleted
    ```
    """
    model = context.catalog.model(document.home.model)
    if model is not None and cast("Model", model.manifest).lifecycle == "archived":
        yield Defect(
            f"{document.home.model} is archived, but should be live in {document.home.name}.",
            document.place("/model"),
            "Delete this file to take the model off, or set the model's lifecycle to deprecated.",
        )


@check("MOG212", "orphan-rollout", kinds=LIVE, severity=Severity.WARNING)
def orphan_rollout(document: Document, context: Context) -> Iterator[Defect]:
    """Nothing would come of a rollout or an experiment.

    No target of the environment serves the model; or an experiment stands in an environment where no rollout
    says what keeps the rest of the traffic.

    Wrong:
    ```yaml
    # modelops.yaml
    targets: [{models: ["fraud/*"], type: gateway, …}]
    # models/iris/rollouts/staging.yaml
    model: iris
    environment: staging
    ```
    Right:
    ```yaml
    # modelops.yaml
    targets: [{models: ["fraud/*", "iris"], type: gateway, …}]
    ```
    """
    home = document.home
    environments = {environment.name: environment for environment in context.rules().environments}
    environment = environments.get(home.name)
    if environment and not any(matches(home.model, target.models) for target in environment.targets):
        yield Defect(
            f"No target of {home.name} serves {home.model}.",
            document.place("/environment"),
            "Add the model to a target of the environment in modelops.yaml.",
        )
    if document.kind == "Experiment" and context.catalog.rollout(home.model, home.name) is None:
        yield Defect(
            f"{home.model} has no rollout in {home.name} that the experiment could stand beside.",
            document.place("/environment"),
            "Promote a version there first.",
        )


@check("MOG214", "revoked-version", kinds=LIVE)
def revoked_version(document: Document, context: Context) -> Iterator[Defect]:
    """A revoked version should be live.

    A notice of type `revoked` says that a version must not be used any more. It may not be promoted,
    rolled back to, or take part in an experiment.

    Wrong:
    ```yaml
    # models/iris/notices/1.1.0-1.yaml
    version: 1.1.0
    …
    type: revoked
    # models/iris/rollouts/staging.yaml
    version: 1.1.0
    ```
    Right:
    ```yaml
    # models/iris/notices/1.1.0-1.yaml
    version: 1.1.0
    …
    type: revoked
    # models/iris/rollouts/staging.yaml
    version: 1.0.0
    ```
    """
    yield from _noticed(document, context, "revoked", "Name another version.")


@check("MOG215", "deprecated-version", kinds=LIVE, severity=Severity.WARNING)
def deprecated_version(document: Document, context: Context) -> Iterator[Defect]:
    """A deprecated version should be live.

    A notice of type `deprecated` says that a version should be replaced.

    Wrong:
    ```yaml
    # models/iris/notices/1.1.0-1.yaml
    version: 1.1.0
    …
    type: deprecated
    # models/iris/rollouts/staging.yaml
    version: 1.1.0
    ```
    Right:
    ```yaml
    # models/iris/notices/1.1.0-1.yaml
    version: 1.1.0
    …
    type: deprecated
    # models/iris/rollouts/staging.yaml
    version: 1.2.0
    ```
    """
    yield from _noticed(document, context, "deprecated", "Move to another version.")


def _noticed(document: Document, context: Context, kind: str, hint: str) -> Iterator[Defect]:
    """A defect for each pinned version that has a notice of `kind`."""
    for at, number, _ in pins(document):
        for notice in context.notices(document.home.model, number):
            said = cast("Notice", notice.manifest)
            if said.type == kind:
                yield Defect(
                    f"{document.home.model} {number} is {kind}: {said.reason.splitlines()[0]}",
                    document.place(f"{at}/version"),
                    f"{hint} The notice is {notice.path}.",
                )
                break


def matches(model: str, patterns: tuple[str, ...]) -> bool:
    """Whether a model is one of those that patterns such as `*` and `fraud/*` stand for."""
    return any(fnmatchcase(model, pattern) for pattern in patterns)


CHECKS = (archived_model_live, orphan_rollout, revoked_version, deprecated_version)
