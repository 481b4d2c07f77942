"""What can be asked of a person while a version is registered: from findings on what is missing to questions.

An answer becomes a part of the request, as the words of the command do; whether it is right is then found out
by the same checks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelops_git.core.errors import UsageError
from modelops_git.core.formats.describing.card_parts import framework
from modelops_git.engine.registering import words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from modelops_git.core.findings import Finding
    from modelops_git.core.manifests.registry import Registry
    from modelops_git.engine.registering.request import Request

MISSING = frozenset({"MOG113", "MOG310", "MOG315"})
_METRIC = re.compile(r"Give --metric (\S+)=VALUE")
_OF_MODEL = re.compile(r"models/.+/model\.yaml")


@dataclass(frozen=True, slots=True)
class Question:
    """A field to ask for.

    Attributes:
        pointer: Where findings on the field point.
        text: The question, without a question mark.
        answer: Makes the request with the answer in it; raises UsageError where the answer makes no sense.
        default: What an empty answer stands for; empty for nothing.
        of_model: Whether it is a field of `model.yaml`.
        metric: The metric that is asked for, as `EVALUATION:NAME`; empty for another field.
    """

    pointer: str
    text: str
    answer: Callable[[Request, str], Request]
    default: str = ""
    of_model: bool = False
    metric: str = ""

    def is_about(self, finding: Finding) -> bool:
        """Whether a finding says something of the field that was asked for."""
        pointer = finding.place.pointer
        if self.metric:
            return _metric(finding) == self.metric
        is_there = pointer == self.pointer or pointer.startswith(f"{self.pointer}/")
        return is_there and self.of_model == _is_of_model(finding)


def questions(findings: Iterable[Finding], registry: Registry, *, is_first: bool) -> list[Question] | None:
    """One question for each field that is missing; None where a finding is of another kind.

    Args:
        findings: Why a version is refused.
        registry: `modelops.yaml`.
        is_first: Whether the model has no version yet.
    """
    found: dict[tuple[str, bool, str], Question] = {}
    for finding in findings:
        if finding.code not in MISSING or (question := _question(finding, registry, is_first)) is None:
            return None
        found[question.pointer, question.of_model, question.metric] = question
    return list(found.values())


def _question(finding: Finding, registry: Registry, is_first: bool) -> Question | None:  # noqa: FBT001 - private
    pointer = finding.place.pointer
    if _is_of_model(finding):
        return _of_model(pointer, registry)
    if metric := _metric(finding):
        evaluation, _, name = metric.rpartition(":")
        text = f"{name} of the evaluation {evaluation}, a number"
        return Question(pointer, text, _value_of(metric), metric=metric)
    if pointer == "/summary":
        default = "The first version." if is_first else ""
        return Question(pointer, "What is new, in a sentence", _field("summary"), default)
    known = _OF_VERSION.get(pointer) or _OF_VERSION.get("/".join(pointer.split("/")[:3]))
    return Question(pointer, *known) if known else None


def _of_model(pointer: str, registry: Registry) -> Question | None:
    groups = list(registry.groups)
    one = groups[0] if len(groups) == 1 else ""
    known = {
        "/description": ("This is a new model: what does it do", "description", ""),
        "/owners": (f"Which group answers for it ({', '.join(groups) or 'of modelops.yaml'})", "owners", one),
        "/risk": ("How much harm can it do (low, medium, high)", "risk", ""),
    }.get(pointer)
    if known is None:
        return None
    text, field, default = known
    return Question(pointer, text, _described(field), default, of_model=True)


def _is_of_model(finding: Finding) -> bool:
    return _OF_MODEL.fullmatch(finding.place.path) is not None


def _metric(finding: Finding) -> str:
    match = _METRIC.search(finding.hint)
    return match[1] if match and finding.code == "MOG315" else ""


def _field(name: str, parse: Callable[[str], Any] = str) -> Callable[[Request, str], Request]:
    """Puts what is said into a field of the manifest."""

    def answer(asked: Request, said: str) -> Request:
        return replace(asked, fields={**asked.fields, name: parse(said)})

    return answer


def _trained(name: str, parse: Callable[[str], Any]) -> Callable[[Request, str], Request]:
    """The same for a field of `training`."""

    def answer(asked: Request, said: str) -> Request:
        training = {**(asked.fields.get("training") or {}), name: parse(said)}
        return replace(asked, fields={**asked.fields, "training": training})

    return answer


def _described(name: str) -> Callable[[Request, str], Request]:
    """The same for a field of `model.yaml`."""

    def answer(asked: Request, said: str) -> Request:
        value: Any = (said,) if name == "owners" else said
        return replace(asked, new_model=replace(asked.new_model, **{name: value}))

    return answer


def _value_of(metric: str) -> Callable[[Request, str], Request]:
    """The same for the value of a metric."""
    return lambda asked, said: _measured(asked, f"{metric}={said}")


def _measured(asked: Request, said: str) -> Request:
    return replace(asked, metrics=(*asked.metrics, words.metric(said)))


def _framework(said: str) -> dict[str, str]:
    found = framework(said)
    if found is None:
        raise UsageError(f"{said!r} is no framework", hint="Write for example scikit-learn 1.5.2.")
    return found


def _hyperparameters(said: str) -> dict[str, Any]:
    return words.once(map(words.parameter, said.split()), "--param")


def _seed(said: str) -> int:
    try:
        return words.seed(int(said))
    except ValueError:
        raise UsageError(f"{said!r} is no whole number", hint="Write for example 42.") from None


def _data(asked: Request, said: str) -> Request:
    return replace(asked, data=(*asked.data, words.data(said)))


def _code(asked: Request, said: str) -> Request:
    return replace(asked, code=Path(said))


def _list(said: str) -> Sequence[str]:
    return [said]


_OF_VERSION: dict[str, tuple[str, Callable[[Request, str], Request]]] = {
    "/authors": ("Who made it, such as github:ana", _field("authors", _list)),
    "/framework": (
        "What it was made with, such as scikit-learn 1.5.2",
        _field("framework", _framework),
    ),
    "/algorithm": ("The kind of model, such as RandomForestClassifier", _field("algorithm")),
    "/limitations": ("What it cannot do", _field("limitations", _list)),
    "/evaluations": ("A result, as EVALUATION:NAME=VALUE, such as holdout:accuracy=0.97", _measured),
    "/training/data": ("Training data, as NAME=FILE", _data),
    "/training/code": ("The folder of the training code", _code),
    "/training/hyperparameters": (
        "Hyperparameters, as NAME=VALUE with spaces between",
        _trained("hyperparameters", _hyperparameters),
    ),
    "/training/seed": ("The seed of the random numbers", _trained("seed", _seed)),
}
