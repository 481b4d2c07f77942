"""What is wrong with policies as `modelops.yaml` declares them. Loaded only where it has some."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from modelops_git.core.checks.base import Defect, did_you_mean, pointer
from modelops_git.core.manifests.nodes import Scalar, locate
from modelops_git.core.policies.faults import ExpressionError
from modelops_git.core.policies.given import GivenError, values_of
from modelops_git.core.policies.language import compiled
from modelops_git.core.policies.values import shown
from modelops_git.core.policies.variables import BY_NAME, KNOWN_TO, ROOTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelops_git.core.findings import Place
    from modelops_git.core.manifests.parse import Document
    from modelops_git.core.manifests.registry import Registry
    from modelops_git.core.manifests.rules import Policy
    from modelops_git.core.policies.language import Expression
    from modelops_git.core.selects import SelectError

IN_ENVIRONMENTS = ("promote", "rollback")
MOST_SHOWN = 8


def defects(document: Document) -> Iterator[Defect]:
    """What is wrong with the policies of `modelops.yaml`.

    Raises:
        MissingLibraryError: The language is not installed.
    """
    for index, policy in enumerate(cast("Registry", document.manifest).policies):
        at = pointer("policies", index)
        yield from _on_actions(document, at, policy)
        try:
            expression = compiled(policy.expression)
        except ExpressionError as error:
            yield _defect(policy, error, place_in(document, f"{at}/expression", policy.expression, error))
            continue
        yield from _on_variables(document, at, policy, expression)
        for number, _ in enumerate(policy.tests):
            yield from _on_test(document, f"{at}{pointer('tests', number)}", policy, expression)


def _on_actions(document: Document, at: str, policy: Policy) -> Iterator[Defect]:
    for index, action in enumerate(policy.actions):
        if action == "operate":
            yield Defect(
                f"Policy {policy.name} is for operate, which asks no policies.",
                document.place(f"{at}/actions/{index}"),
                "What is done to a rollout under way is in no manifest; say in `rules` who may.",
            )
        elif policy.environments and action not in IN_ENVIRONMENTS:
            yield Defect(
                f"Policy {policy.name} names environments, and {action} happens in none.",
                document.place(f"{at}/actions/{index}"),
                f"Make a policy of its own for {action}, without environments.",
            )


def _on_variables(document: Document, at: str, policy: Policy, expression: Expression) -> Iterator[Defect]:
    for action in policy.actions:
        known = KNOWN_TO.get(action, ROOTS)
        for name in expression.variables:
            if BY_NAME[name].root not in known:
                offset = max(policy.expression.find(name), 0)
                error = ExpressionError(f"{name} has no value for {action}", offset)
                place = place_in(document, f"{at}/expression", policy.expression, error)
                hint = f"Make a policy of its own for {action}; it knows {', '.join(known)}."
                yield Defect(f"Policy {policy.name}: {error.message}.", place, hint)


def _on_test(document: Document, at: str, policy: Policy, expression: Expression) -> Iterator[Defect]:
    index = int(at.rpartition("/")[2])
    test, number = policy.tests[index], index + 1
    try:
        values = values_of(test.given)
        holds = expression.holds(values)
    except GivenError as error:
        place = document.place(f"{at}/given{pointer(*error.keys)}")
        yield _defect(policy, error, place, f", test {number}")
    except ExpressionError as error:
        hint = hint_of(error) or "Give what the expression looks at."
        message = f"Policy {policy.name}, test {number}, has no answer: {error.message}."
        yield Defect(message, document.place(f"{at}/given"), hint)
    else:
        if holds is not test.expect:
            looked = ", ".join(shown(values, expression.reads[:MOST_SHOWN]))
            yield Defect(
                f"Policy {policy.name}, test {number}: the expression is {_word(holds)}, where "
                f"{_word(test.expect)} is expected ({looked}).",
                document.place(f"{at}/expect"),
                "Mend the expression, or what the test expects.",
            )


def _word(verdict: bool) -> str:  # noqa: FBT001 - the verdict is what it speaks
    return str(verdict).lower()


def _defect(policy: Policy, error: ExpressionError, place: Place, where: str = "") -> Defect:
    return Defect(f"Policy {policy.name}{where}: {error.message}.", place, hint_of(error))


def hint_of(error: ExpressionError) -> str:
    """What to do about an expression; empty where its error says it all."""
    return error.hint or (did_you_mean(*error.unknown) if error.unknown else "")


def place_in(document: Document, at: str, text: str, error: ExpressionError | SelectError) -> Place:
    """The place in the file of the character that an error is about; of the text where it is not plain."""
    whole = document.place(at)
    node = locate(document.root, at)
    if error.offset is None or not isinstance(node, Scalar):
        return whole
    before = text[: error.offset].split("\n")
    wanted = text.split("\n")[len(before) - 1]
    lines = document.text.split("\n")[: node.end.line]
    for number in range(node.start.line, len(lines) + 1):
        start = node.start.column - 1 if number == node.start.line else 0
        column = lines[number - 1].find(wanted, start)
        if column >= 0 and wanted:
            return whole._replace(line=number, column=column + len(before[-1]) + 1)
    return whole
