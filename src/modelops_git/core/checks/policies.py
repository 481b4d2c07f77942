"""Policies: conditions in CEL that a change must meet, and what is wrong with them.

The conditions are those of `modelops.yaml` where the change began, so that no change brings its own. What
they say is checked, with their tests, in `modelops.yaml` as the change leaves it. A registry without policies
does not load the language.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeVar

from modelops_git.core.checks.base import Defect, UncheckedError, check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelops_git.core.checks.context import Context
    from modelops_git.core.manifests.parse import Document
    from modelops_git.core.manifests.rules import Policy
    from modelops_git.core.policies.values import Values

JUDGED = ("Registry", "Analysis", "Model", "ModelVersion", "Notice", "Rollout")
MOST_SHOWN = 8
_Found = TypeVar("_Found")


@check("MOG606", "policy-failed", kinds=JUDGED)
def policy_failed(document: Document, context: Context) -> Iterator[Defect]:
    """A change does not meet a policy of modelops.yaml.

    The policies are those of `modelops.yaml` where the change began. The message shows the values that the
    condition looked at.

    Wrong:
    ```yaml
    # modelops.yaml
    expression: "candidate.metrics.accuracy >= 0.98"
    # models/iris/versions/1.1.0.yaml
    - {name: holdout, …, metrics: {accuracy: 0.97}}
    # models/iris/rollouts/production.yaml, before the change
    version: 1.0.0
    # models/iris/rollouts/production.yaml
    version: 1.1.0
    ```
    Right:
    ```yaml
    # models/iris/versions/1.2.0.yaml
    - {name: holdout, …, metrics: {accuracy: 0.985}}
    # models/iris/rollouts/production.yaml
    version: 1.2.0
    ```
    """
    for verdict in _verdicts(document, context):
        if verdict.error is None and not verdict.holds:
            policy = verdict.policy
            message = _line(policy.message).removesuffix(".")
            values = f" ({', '.join(verdict.values)})" if verdict.values else ""
            yield Defect(
                f"Policy {policy.name}: {message}{values}.",
                document.place("/version" if document.kind == "Rollout" else ""),
                f"What must hold: `{_line(policy.expression)}`.",
            )


@check("MOG607", "policy-error", kinds=JUDGED)
def policy_error(document: Document, context: Context) -> Iterator[Defect]:
    """A policy means nothing, has no answer, or is not what its own tests say.

    A misspelt variable or field, a comparison of a text with a number, a condition whose cost has no bound,
    and a policy for an action that cannot be judged offline are found in `modelops.yaml`. A condition that
    asks for a metric which a version does not have is found where that version is promoted: no answer is
    never a yes. Numbers of manifests are doubles in CEL: write `1.0`, not `1`.

    Wrong:
    ```yaml
    expression: "!lvie.exists || candidate.metrics.accuracy >= live.metrics.accuracy - 0.005"
    ```
    Right:
    ```yaml
    expression: "!live.exists || candidate.metrics.accuracy >= live.metrics.accuracy - 0.005"
    ```
    """
    if document.kind == "Registry":
        yield from _declared(document)
    for verdict in _verdicts(document, context):
        if verdict.error is not None:
            policy = verdict.policy
            yield Defect(
                f"Policy {policy.name} has no answer: {verdict.error}, in `{_line(policy.expression)}`.",
                document.place("/version" if document.kind == "Rollout" else ""),
                verdict.hint or "Mend what it asks for, or let the owners of modelops.yaml mend the policy.",
            )


class _Verdict(NamedTuple):
    """What came of a policy.

    Attributes:
        policy: The policy.
        holds: Whether the condition holds.
        values: What it looked at, in words.
        error: Why there is no answer; None where there is one.
        hint: What to do about that.
    """

    policy: Policy
    holds: bool = False
    values: tuple[str, ...] = ()
    error: str | None = None
    hint: str = ""


def _declared(document: Document) -> Iterator[Defect]:
    """What is wrong with the policies that `modelops.yaml` declares."""
    if document.manifest.policies:
        from modelops_git.core.checks.declared_policies import defects

        yield from _or_unchecked(defects(document))


def _verdicts(document: Document, context: Context) -> Iterator[_Verdict]:
    """What the policies say that a changed manifest must meet.

    Raises:
        UncheckedError: A value that one asks for cannot be known, or the language is not installed.
    """
    policies = context.rules_before().policies
    if policies and context.is_new(document):
        from modelops_git.core.checks.policy_values import action_of

        action = action_of(document, context)
        asked = [policy for policy in policies if _asks(policy, action, document)]
        for policy in asked:
            yield from _or_unchecked(_judged(policy, action, document, context))


def _asks(policy: Policy, action: str, document: Document) -> bool:
    where = policy.environments
    return action in policy.actions and (not where or document.home.name in where)


def _judged(policy: Policy, action: str, document: Document, context: Context) -> Iterator[_Verdict]:
    from modelops_git.core.checks.declared_policies import hint_of
    from modelops_git.core.checks.policy_values import values_for
    from modelops_git.core.policies.faults import ExpressionError
    from modelops_git.core.policies.language import compiled
    from modelops_git.core.policies.values import shown

    values: Values = {}
    try:
        expression = compiled(policy.expression)
        values = values_for(expression, action, document, context)
        holds = expression.holds(values)
    except ExpressionError as error:
        yield _Verdict(policy, error=error.message, hint=hint_of(error))
        return
    yield _Verdict(policy, holds, tuple(shown(values, expression.reads[:MOST_SHOWN])))


def _or_unchecked(found: Iterator[_Found]) -> Iterator[_Found]:
    from modelops_git.core.policies.language import MissingLibraryError

    try:
        yield from found
    except MissingLibraryError as error:
        raise UncheckedError(f"the language of policies is not installed. {error}") from error


def _line(text: str) -> str:
    return " ".join(text.split())


CHECKS = (policy_failed, policy_error)
