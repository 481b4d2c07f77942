"""References to stores, groups, signers and evaluations, and to `modelops.yaml` itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from modelops_git.core.artifacts import key_within
from modelops_git.core.checks.base import Defect, check, did_you_mean, each, pointer
from modelops_git.core.checks.context import version_of
from modelops_git.core.findings import Place, Severity
from modelops_git.core.manifests.kinds import KINDS
from modelops_git.core.places import REGISTRY_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelops_git.core.checks.base import Named
    from modelops_git.core.checks.context import Context
    from modelops_git.core.manifests.model import Model
    from modelops_git.core.manifests.parse import Document
    from modelops_git.core.manifests.registry import Registry


@check("MOG205", "unknown-store", kinds=("Registry", "ModelVersion"))
def unknown_store(document: Document, context: Context) -> Iterator[Defect]:
    """A store is named that modelops.yaml does not declare.

    Wrong:
    ```yaml
    store: primry         # modelops.yaml declares primary
    ```
    Right:
    ```yaml
    store: primary
    ```
    """
    field = "default_store" if document.kind == "Registry" else "store"
    name = document.written.get(field)
    stores = context.rules().stores
    if name is not None and name not in stores:
        hint = did_you_mean(name, stores, "stores")
        yield Defect(f"There is no store {name!r}.", document.place(pointer(field)), hint)


@check("MOG206", "outside-stores", kinds=("ModelVersion",))
def outside_stores(document: Document, context: Context) -> Iterator[Defect]:
    """An artifact has a uri that lies in none of the declared stores.

    Stores are the only places where artifacts may live: the platform team guards them, and knows how long
    they keep what is in them.

    Wrong:
    ```yaml
    - {path: model.onnx, …, uri: "s3://somebodys-bucket/model.onnx", …}
    ```
    Right:
    ```yaml
    # modelops.yaml
    cloud: {uri: "s3://acme-models/registry"}
    # models/iris/versions/1.2.0.yaml
    - {path: model.onnx, …, uri: "s3://acme-models/registry/iris/model.onnx", …}
    ```
    """
    stores = context.rules().stores
    for index, artifact in enumerate(version_of(document).artifacts):
        if artifact.uri and not any(key_within(store.uri, artifact.uri) for store in stores.values()):
            yield Defect(
                f"No store covers {artifact.uri}, where {artifact.path} is said to be.",
                document.place(pointer("artifacts", index, "uri")),
                "Move the file below the uri of a store, or let the platform team declare one.",
            )


@check("MOG208", "unknown-group", kinds=("Registry", "Model"))
def unknown_group(document: Document, context: Context) -> Iterator[Defect]:
    """A group is named that modelops.yaml does not declare.

    A rule that asks for the approval of a group without members could never be met, and a model that such a
    group owns would belong to nobody.

    Wrong:
    ```yaml
    owners: [ml-enginers]         # modelops.yaml declares ml-engineers
    ```
    Right:
    ```yaml
    owners: [ml-engineers]
    ```
    """
    groups = context.rules().groups
    for at, name in _groups_in(document):
        if name not in groups:
            hint = did_you_mean(name, groups, "groups")
            yield Defect(f"There is no group {name!r}.", document.place(at), hint)


def _groups_in(document: Document) -> list[Named]:
    if document.kind == "Model":
        return each(cast("Model", document.manifest).owners, "owners")
    named: list[Named] = []
    for index, rule in enumerate(cast("Registry", document.manifest).rules):
        named += each(rule.authors, "rules", index, "authors")
        if rule.approvals:
            named += each(rule.approvals.from_, "rules", index, "approvals", "from")
    return named


@check("MOG217", "unknown-evaluation", kinds=("Model",))
def unknown_evaluation(document: Document, context: Context) -> Iterator[Defect]:
    """A metric of model.yaml is taken from an evaluation that no version has.

    Its floor and its largest regression would then never be looked at.

    Wrong:
    ```yaml
    metrics:
      accuracy: {evaluation: hold-out, goal: maximize, …}    # the versions' evaluation is called holdout
    ```
    Right:
    ```yaml
    metrics:
      accuracy: {evaluation: holdout, goal: maximize, …}
    ```
    """
    metrics = cast("Model", document.manifest).metrics
    wanted = {goal.evaluation for goal in metrics.values()}
    known = _evaluations(document.home.model, context, wanted) if wanted else set()
    for name, goal in metrics.items():
        if known and goal.evaluation not in known:
            hint = did_you_mean(goal.evaluation, known, "evaluations")
            yield Defect(
                f"No version of {document.home.model} has an evaluation {goal.evaluation!r}.",
                document.place(pointer("metrics", name, "evaluation")),
                hint,
            )


def _evaluations(model: str, context: Context, wanted: set[str]) -> set[str]:
    """The names of the versions' evaluations, read from the newest on until all that is wanted is found."""
    known: set[str] = set()
    for number in reversed(context.catalog.versions(model)):
        known |= {one.name for one in version_of(context.version(model, number)).evaluations}
        if wanted <= known:
            break
    return known


@check("MOG218", "no-registry", kinds=KINDS)
def no_registry(_document: Document, context: Context) -> Iterator[Defect]:
    """There are manifests, but no modelops.yaml.

    Without it there are no stores, environments and rules, and hardly anything can be checked. `modelops
    init` writes one; in a commit it may just not be staged yet.

    Wrong:
    ```sh
    git rm modelops.yaml
    ```
    Right:
    ```yaml
    # modelops.yaml
    kind: Registry
    ```
    """
    if not context.catalog.holds(REGISTRY_FILE):
        yield Defect(
            f"There are manifests in {context.catalog.snapshot.label}, but no {REGISTRY_FILE}.",
            Place(REGISTRY_FILE),
            f"Run `modelops init`, or `git add {REGISTRY_FILE}`.",
        )


@check("MOG219", "unknown-signer", kinds=("Registry",))
def unknown_signer(document: Document, _context: Context) -> Iterator[Defect]:
    """A signer is named that modelops.yaml does not declare, or there is none where signatures are asked for.

    An environment that asks for the signature of nobody would never take a version. For `require.signatures`
    without any signer it is a warning, which comes before `apply` has to refuse.

    Wrong:
    ```yaml
    required_signatures: [relaese]        # signers declares release
    ```
    Right:
    ```yaml
    required_signatures: [release]
    ```
    """
    registry = cast("Registry", document.manifest)
    for index, environment in enumerate(registry.environments):
        for at, name in each(environment.required_signatures, "environments", index, "required_signatures"):
            if name not in registry.signers:
                hint = did_you_mean(name, registry.signers, "signers")
                yield Defect(f"There is no signer {name!r}.", document.place(at), hint)
        if environment.require.signatures and not registry.signers:
            yield Defect(
                f"{environment.name} asks for signatures, and nobody is known who could sign.",
                document.place(pointer("environments", index, "require", "signatures")),
                "Declare whose signatures count under `signers`.",
                severity=Severity.WARNING,
            )


CHECKS = (unknown_store, outside_stores, unknown_group, unknown_evaluation, no_registry, unknown_signer)
