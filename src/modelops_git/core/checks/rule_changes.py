"""Which rules of `modelops.yaml` a change alters, and what each of them decides about."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeVar

from modelops_git.core.checks.base import pointer
from modelops_git.core.checks.lifecycle import matches

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from modelops_git.core.manifests.base import Part
    from modelops_git.core.manifests.registry import Registry
    from modelops_git.core.manifests.rules import Rule
    from modelops_git.core.places import Home

ACTIONS = {
    "ModelVersion": ("register",),
    "Rollout": ("promote", "rollback"),
    "Experiment": ("promote",),
    "Model": ("describe",),
    "Notice": ("describe",),
}
"""What it is to bring a manifest of a kind."""

_Ruling = TypeVar("_Ruling", bound="Part")
_NO_RULE = {"Policy": {"tests", "message"}, "Environment": {"targets"}, "Rule": set[str]()}
"""The fields of a rule that decide nothing."""


class Decided(NamedTuple):
    """What a rule decides about.

    Attributes:
        actions: The actions.
        environments: Where; empty for everywhere.
        models: Patterns of the models' names.
    """

    actions: frozenset[str]
    environments: tuple[str, ...] = ()
    models: tuple[str, ...] = ("*",)

    def covers(self, home: Home) -> bool:
        """Whether bringing the manifest at `home` is decided by it."""
        if not self.actions.intersection(ACTIONS.get(home.kind, ())) or not matches(home.model, self.models):
            return False
        is_somewhere = home.kind in ("Rollout", "Experiment")
        where = self.environments
        return not is_somewhere or not where or "*" in where or home.name in where


def changed_rules(old: Registry, new: Registry) -> Iterator[tuple[str, Decided]]:
    """The rules that differ, each as a pointer into the new `modelops.yaml`, and what they decide about."""
    for at, rule in _different("rules", old.rules, new.rules):
        yield at, _of_rule(rule)
    for at, policy in _different("policies", old.policies, new.policies):
        yield at, Decided(frozenset(policy.actions), policy.environments)
    yield from _changed_groups(old, new)
    yield from _changed_signers(old, new)
    yield from _changed_ways(old, new)
    for field in ("required_metadata", "formats"):
        if getattr(old, field) != getattr(new, field):
            yield pointer(field), Decided(frozenset({"register"}))


def _different(field: str, old: Sequence[_Ruling], new: Sequence[_Ruling]) -> Iterator[tuple[str, _Ruling]]:
    before, after = [_said(one) for one in old], [_said(one) for one in new]
    for index, one in enumerate(new):
        if _said(one) not in before:
            yield pointer(field, index), one
    for one in old:
        if _said(one) not in after:
            yield pointer(field), one


def _said(part: Part) -> dict[str, object]:
    return part.model_dump(exclude=_NO_RULE.get(type(part).__name__, set[str]()))


def _of_rule(rule: Rule) -> Decided:
    return Decided(frozenset({rule.action}), rule.environments, rule.models)


def _changed_groups(old: Registry, new: Registry) -> Iterator[tuple[str, Decided]]:
    names = {name for name in {*old.groups, *new.groups} if old.groups.get(name) != new.groups.get(name)}
    for name in sorted(names):
        for rule in (*old.rules, *new.rules):
            if name in rule.authors or (rule.approvals and name in rule.approvals.from_):
                yield pointer("groups", name), _of_rule(rule)


def _changed_signers(old: Registry, new: Registry) -> Iterator[tuple[str, Decided]]:
    """Signers decide about what they sign, and about what goes live where their signature is asked for."""
    names = {name for name in {*old.signers, *new.signers} if old.signers.get(name) != new.signers.get(name)}
    asking = [one for one in new.environments if one.require.signatures or one.required_signatures]
    for name in sorted(names):
        at = pointer("signers", name) if name in new.signers else pointer("signers")
        yield at, Decided(frozenset({"register"}))
        for environment in asking:
            if not environment.required_signatures or name in environment.required_signatures:
                yield at, Decided(frozenset({"promote", "rollback"}), (environment.name,))


def _changed_ways(old: Registry, new: Registry) -> Iterator[tuple[str, Decided]]:
    """Environments that were there before, and strategies that one of them requires."""
    before = {environment.name: environment for environment in old.environments}
    actions = frozenset({"promote", "rollback"})
    for index, environment in enumerate(new.environments):
        was = before.get(environment.name)
        if was is None:
            continue
        if _said(was) != _said(environment):
            yield pointer("environments", index), Decided(actions, (environment.name,))
        for name in environment.require.strategies:
            if name in old.strategies and old.strategies[name] != new.strategies.get(name):
                yield pointer("strategies", name), Decided(actions, (environment.name,))
