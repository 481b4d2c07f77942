"""CODEOWNERS: what a forge can be told of the rules, so that it asks the right people by itself.

GitHub takes the last line that matches a file, and one of the owners on it is enough. So lines stand from
wide to narrow, each has all owners that any rule wants there, and a model for which that would come out
wrong has lines of its own. GitLab takes the last line in each section: each rule is a section with a count.

Either says less than the rules do; `modelops authorize` holds all of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from modelops_git.core.authorizing.acts import RULING, RULING_FOLDERS
from modelops_git.core.authorizing.judge import matching
from modelops_git.core.authorizing.verdict import Act
from modelops_git.core.checks.lifecycle import matches

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from modelops_git.core.manifests.registry import Registry
    from modelops_git.core.manifests.rules import Action, Rule

Kind = Literal["github", "gitlab"]
_PREFIXES = {"github": ("github", "github-team"), "gitlab": ("gitlab", "gitlab-group")}
_OWNER = re.compile(r"@[A-Za-z0-9][\w.-]*(/[\w.-]+)*|[^\s@#\[\]\\]+@[^\s@#\[\]\\]+", re.ASCII)
_ODD = {"github": re.compile(r"[#\[\]!\\*?]"), "gitlab": re.compile(r"[\[\]!\\*?]")}


class Line(NamedTuple):
    """Files and those who own them.

    Attributes:
        pattern: The files, relative to the registry's root, in the language of `.gitignore`.
        owners: As the forge writes them: `@acme/leads`, or an address.
    """

    pattern: str
    owners: tuple[str, ...]


class Section(NamedTuple):
    """Lines under a heading.

    Attributes:
        title: What they are about.
        wanted: How many of their owners must approve; 0 where the forge is to ask them and to wait for none.
        lines: From wide to narrow.
        unnamed: Identities that cannot own a file there.
    """

    title: str
    wanted: int
    lines: tuple[Line, ...]
    unnamed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Owned:
    """What ownership is derived from.

    Attributes:
        registry: The rules, groups and people.
        risks: The risk class of each model.
        forge: Whose language the owners are written in.
        has_outside: Whether the registry is a folder of its repository.
    """

    registry: Registry
    risks: Mapping[str, str]
    forge: Kind
    has_outside: bool = False


class _Place(NamedTuple):
    """Files of a model that the same rules are about: a file or a folder of it, and what is done there."""

    name: str
    actions: tuple[Action, ...]
    environment: str = ""


_ALWAYS = (
    _Place("model.yaml", ("describe",)),
    _Place("notices/", ("describe",)),
    _Place("versions/", ("register",)),
)


def sections(owned: Owned) -> tuple[Section, ...]:
    """What to write: for GitHub one section of all rules, for GitLab one for each that asks for approvals."""
    asking = [(number, rule) for number, rule in enumerate(owned.registry.rules, 1) if rule.approvals]
    if owned.forge == "gitlab":
        return tuple(_of_rule(owned, number, rule) for number, rule in asking)
    lines = (*_everywhere(owned), *_exceptions(owned), *_ruling(owned))
    unnamed = {one for _, rule in asking for one in _unnamed(owned, rule)}
    return (Section("", 1, lines, tuple(sorted(unnamed))),) if asking else ()


def owner_of(identity: str, owned: Owned) -> str:
    """An identity as an owner on the forge, else another of the same person; empty where there is none."""
    person = next((known for known in owned.registry.people.values() if identity in known), ())
    for one in (identity, *person):
        system, _, name = one.partition(":")
        owner = f"@{name}" if system in _PREFIXES[owned.forge] else name if system == "email" else ""
        if _OWNER.fullmatch(owner):
            return owner
    return ""


def escaped(text: str, forge: Kind) -> str:
    """Text that stands for itself in a pattern; what cannot be written stands for any one character."""
    plain = _ODD[forge].sub("?", text).replace(" ", r"\ ")
    return plain.replace("#", r"\#") if forge == "gitlab" else plain


def reaches(pattern: str, path: str) -> bool:
    """Whether a pattern that was made here, such as `models/*/**/versions/`, matches a path."""
    text = re.escape(pattern).replace(r"\*\*/", "(?:.*/)?").replace(r"\*", "[^/]*")
    return re.fullmatch(f"{text}.*" if pattern.endswith("/") else text, path) is not None


def _places(owned: Owned) -> Iterator[_Place]:
    yield from _ALWAYS
    for environment in owned.registry.environments:
        for folder in ("rollouts", "experiments"):
            yield _Place(f"{folder}/{environment.name}.yaml", ("promote", "rollback"), environment.name)


def _everywhere(owned: Owned) -> Iterator[Line]:
    """Lines for the models that rules name by patterns, those to come included."""
    for place in _places(owned):
        rules = [rule for rule in owned.registry.rules if rule.approvals and _is_about(rule, place)]
        for pattern in sorted({one for rule in rules for one in rule.models}, key=_width):
            wanted = [rule for rule in rules if not rule.risk and matches(pattern, rule.models)]
            if owners := _owners(owned, wanted):
                yield Line(_path(pattern, place), owners)


def _exceptions(owned: Owned) -> Iterator[Line]:
    """Lines for the models for which those with patterns say something else than the rules do."""
    wide = list(_everywhere(owned))
    for model, risk in sorted(owned.risks.items()):
        for place in _places(owned):
            path = _path(model, place)
            acts = [Act(action, path, model, place.environment, risk) for action in place.actions]
            wanted = _owners(owned, [rule for act in acts for _, rule in matching(owned.registry.rules, act)])
            said = [line.owners for line in wide if reaches(line.pattern, path)]
            if wanted != (said[-1] if said else ()):
                yield Line(path, wanted)


def _ruling(owned: Owned) -> Iterator[Line]:
    rules = [rule for _, rule in matching(owned.registry.rules, Act("administer", "modelops.yaml"))]
    if owners := _owners(owned, rules):
        for path in (*RULING, *(f"{folder}/" for folder in RULING_FOLDERS)):
            yield Line(path, owners)


def _of_rule(owned: Owned, number: int, rule: Rule) -> Section:
    """One rule as a section: patterns, or where it is about a risk class the models that have it now."""
    where = f" in {', '.join(rule.environments)}" if rule.environments else ""
    which = f" of {', '.join(rule.risk)} risk" if rule.risk else ""
    title = f"modelops {owned.registry.name} {number}: {rule.action}{where}{which}"
    models = (
        [one for one, risk in sorted(owned.risks.items()) if risk in rule.risk and matches(one, rule.models)]
        if rule.risk
        else sorted(rule.models, key=_width)
    )
    owners = _owners(owned, [rule])
    places = [place for place in _places(owned) if _is_about(rule, place)]
    paths = [_path(model, place) for model in models for place in places]
    if rule.action == "administer":
        paths = [line.pattern for line in _ruling(owned)]
    lines = tuple(Line(path, owners) for path in paths) if owners else ()
    return Section(title, _wanted(owned, rule), lines, tuple(_unnamed(owned, rule)))


def _wanted(owned: Owned, rule: Rule) -> int:
    """How many must approve. A rollback is a change of the same file, and must not wait for a promotion's."""
    if rule.action == "promote" and any(one.action == "rollback" for one in owned.registry.rules):
        return 0
    return rule.approvals.count if rule.approvals else 1


def _is_about(rule: Rule, place: _Place) -> bool:
    if rule.action not in place.actions:
        return False
    if not place.environment:
        return not rule.environments
    return not rule.environments or "*" in rule.environments or place.environment in rule.environments


def _owners(owned: Owned, rules: Iterable[Rule]) -> tuple[str, ...]:
    named = {owner_of(one, owned) for rule in rules for one in _approvers(owned, rule)}
    return tuple(sorted(named - {""}))


def _unnamed(owned: Owned, rule: Rule) -> list[str]:
    return sorted({one for one in _approvers(owned, rule) if not owner_of(one, owned)})


def _approvers(owned: Owned, rule: Rule) -> Iterator[str]:
    for group in rule.approvals.from_ if rule.approvals else ():
        yield from owned.registry.groups.get(group, ())


def _path(models: str, place: _Place) -> str:
    """The files of the models that a pattern of `modelops.yaml` stands for, whose `*` crosses `/`."""
    parts = ("*/**" if part == "*" else part for part in models.split("/"))
    return f"models/{'/'.join(parts)}/{place.name}"


def _width(pattern: str) -> tuple[int, str]:
    """Wide ones first: those that say least."""
    return len(pattern.replace("*", "")), pattern
