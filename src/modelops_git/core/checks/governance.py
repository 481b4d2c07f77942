"""What the house asks of changes and models beside policies: rules by themselves, signatures, reviews."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, cast

from modelops_git.core.checks.base import Defect, Scope, UncheckedError, check, pointer
from modelops_git.core.checks.context import version_of
from modelops_git.core.clock import parse_duration, parse_time
from modelops_git.core.findings import Severity
from modelops_git.core.places import home_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelops_git.core.checks.context import Alteration, Context
    from modelops_git.core.manifests.environment import Environment
    from modelops_git.core.manifests.model import Model
    from modelops_git.core.manifests.parse import Document
    from modelops_git.core.manifests.registry import Registry


@check("MOG608", "rules-changed-with-use", scope=Scope.CHANGE, kinds=("Registry",))
def rules_changed_with_use(file: Alteration, context: Context) -> Iterator[Defect]:
    """One change brings new rules and what these rules decide about.

    Rules are read from where a change began, so the new ones would not even count; but who reads the change
    sees both at once, and the record does not tell which rules the promotion was made under. Rules, policies,
    groups, signers, environments and strategies go first, in a change of their own. An environment that is
    new may come with its first rollouts.

    Wrong:
    ```yaml
    # modelops.yaml: approvals of a promotion go down to 1
    - {action: promote, environments: [production], approvals: {from: [ml-engineers], count: 1}}
    # models/iris/rollouts/production.yaml, in the same change
    version: 1.1.0
    ```
    Right:
    ```yaml
    # modelops.yaml, in a change of its own; the promotion comes in the next one
    - {action: promote, environments: [production], approvals: {from: [ml-engineers], count: 1}}
    ```
    """
    if file.before is None or file.before.document is None or file.after is None:
        return
    from modelops_git.core.checks.rule_changes import changed_rules

    old, new = file.documents()
    told: set[str] = set()
    uses = [home for path in sorted(context.changed) if (home := home_of(path))]
    for at, decided in changed_rules(cast("Registry", old.manifest), cast("Registry", new.manifest)):
        used = next((home for home in uses if decided.covers(home)), None)
        what = at.split("/")[1]
        if used is not None and (what not in told or at != pointer(what)):
            told.add(what)  # a rule that became another is told once, where the new one stands
            yield Defect(
                f"The change alters {what}, and brings {used.path}, about which they decide.",
                new.place(at),
                f"Merge what is new in {what} first, in a change of its own.",
            )


@check("MOG612", "rules-unguarded", kinds=("Registry",), severity=Severity.WARNING)
def rules_unguarded(document: Document, context: Context) -> Iterator[Defect]:
    """Rules ask for approvals, and nobody needs to approve a change of the rules.

    Whoever may change `modelops.yaml` without anybody's word can take the other rules away first. A rule for
    `administer` that asks for approvals holds that; `apply` then looks at each change of the rules too.

    Wrong:
    ```yaml
    rules:
    - {action: promote, environments: [production], approvals: {from: [ml-engineers], count: 1}}
    required_metadata: [training.data, evaluations]
    ```
    Right:
    ```yaml
    rules:
    - {action: promote, environments: [production], approvals: {from: [ml-engineers], count: 1}}
    - {action: administer, approvals: {from: [ml-engineers], count: 1}}
    ```
    """
    del context
    rules = cast("Registry", document.manifest).rules
    asking = {rule.action for rule in rules if rule.approvals}
    if asking and "administer" not in asking:
        yield Defect(
            "Rules ask for approvals, and these rules can be changed without one.",
            document.place("/rules"),
            "Add a rule for `administer` with approvals by those who answer for the rules.",
        )


@check("MOG610", "signature-missing", kinds=("Rollout", "Experiment"))
def signature_missing(document: Document, context: Context) -> Iterator[Defect]:
    """A version without a signature should go live where signatures are required.

    `require.signatures` and `required_signatures` of the environment are read as they were before the change.
    Whether a signature is right, and whose it is, is checked with the bytes, by `modelops verify` and by
    `apply`.

    Wrong:
    ```yaml
    # modelops.yaml: require: {signatures: true}
    # models/iris/versions/1.1.0.yaml states no signature
    # models/iris/rollouts/production.yaml
    version: 1.1.0
    ```
    Right:
    ```yaml
    # models/iris/versions/1.2.0.yaml
    signature: {type: openssf-model-signing, bundle: {sha256: …, size: 2048}}
    # models/iris/rollouts/production.yaml
    version: 1.2.0
    ```
    """
    wanted = _wanted_signatures(document.home.name, context) if context.is_new(document) else ""
    if not wanted:
        return
    for at, number in _wanted(document):
        if version_of(context.version(document.home.model, number)).signature is None:
            yield Defect(
                f"{document.home.name} takes versions only that {wanted}, and {number} states no signature.",
                document.place(at),
                "Register a new version, run `modelops sign` before it is merged, and promote that one.",
            )


@check("MOG611", "review-overdue", kinds=("Model",), severity=Severity.WARNING)
def review_overdue(document: Document, context: Context) -> Iterator[Defect]:
    """A model should have been reviewed again by now.

    `review.every` says how often; what counts is the last of `reviews`, whatever it decided, and for a model
    that was never reviewed the time of its first version.

    Wrong:
    ```yaml
    review: {every: 30d}
    reviews: [{date: 2026-04-15, by: "github:eve", decision: approved}]     # it is June
    ```
    Right:
    ```yaml
    review: {every: 30d}
    reviews: [{date: 2026-06-01, by: "github:eve", decision: approved}]
    ```
    """
    model = cast("Model", document.manifest)
    if model.review is None or model.lifecycle == "archived":
        return
    if context.facts.now is None:
        raise UncheckedError("the time is not known")
    last, what = _last_review(document, context)
    if last is not None and context.facts.now > last + parse_duration(model.review.every):
        yield Defect(
            f"{model.name} is to be reviewed every {model.review.every}, and {what} on {last:%Y-%m-%d}.",
            document.place("/reviews" if model.reviews else "/review"),
            "Review it, and add the record to `reviews`.",
        )


def _last_review(document: Document, context: Context) -> tuple[datetime | None, str]:
    """The end of the day of the last review, or the time of the first version; None where there is none."""
    model = cast("Model", document.manifest)
    if model.reviews:
        day = datetime.fromisoformat(max(review.date for review in model.reviews)).replace(tzinfo=UTC)
        return day + timedelta(days=1) - timedelta(seconds=1), "was reviewed last"
    numbers = context.catalog.versions(model.name)
    if not numbers:
        return None, ""
    first = context.version(model.name, numbers[0])
    return parse_time(version_of(first).created_at), "got its first version, without a review,"


def _wanted_signatures(name: str, context: Context) -> str:
    """What an environment asked for before the change, in words; a new one, what it asks for now."""
    known: dict[str, Environment] = {}
    for rules in (context.rules(), context.rules_before()):
        known |= {environment.name: environment for environment in rules.environments}
    if name not in known:
        return ""
    if signers := known[name].required_signatures:
        return f"{' or '.join(signers)} signed"
    return "are signed" if known[name].require.signatures else ""


def _wanted(document: Document) -> list[tuple[str, str]]:
    """The versions that a rollout or an experiment names, each with its pointer."""
    manifest = document.manifest
    if document.kind == "Rollout":
        return [("/version", manifest.version)]
    return [
        (pointer("candidates", index, "version"), candidate.version)
        for index, candidate in enumerate(manifest.candidates)
    ]


CHECKS = (rules_changed_with_use, signature_missing, review_overdue, rules_unguarded)
