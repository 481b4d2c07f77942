"""Who is who: several identities of one person, and who is in the groups of the registry."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from modelops_git.core.manifests.registry import Registry

TEAMS = ("github-team", "gitlab-group")
"""The systems whose identities are groups that a forge knows the members of."""


class Directory:
    """The people of a registry, by what its `modelops.yaml` and the forge say.

    A person is named by one text, whichever identity they act under: that of `people` where they have one
    there, else the identity itself in small letters. A key's principal that is an address is whoever has the
    address.
    """

    def __init__(self, registry: Registry, teams: Mapping[str, frozenset[str]]) -> None:
        self._names = {_plain(one): name for name, known in registry.people.items() for one in known}
        self._groups = registry.groups
        self._teams = {_plain(team): members for team, members in teams.items()}
        everybody = (one for known in (*registry.groups.values(), *teams.values()) for one in sorted(known))
        self._listed = {self.person(one): one for one in everybody}

    def person(self, identity: str) -> str:
        """The person that an identity belongs to."""
        plain = _plain(identity)
        return self._names.get(plain, plain)

    def is_known(self, identity: str) -> bool:
        """Whether `people` says whose identity this is."""
        return _plain(identity) in self._names

    def shown(self, person: str) -> str:
        """An identity of a person as a group or the forge names it."""
        return self._listed.get(person, person)

    def members(self, groups: Iterable[str]) -> frozenset[str]:
        """The people in groups, teams of the forge included as far as their members are known."""
        listed = {_plain(one) for group in groups for one in self._groups.get(group, ())}
        teams = {one for one in listed if is_team(one)}
        everybody = listed - teams
        for team in teams:
            everybody |= self._teams.get(team, frozenset())
        return frozenset(self.person(one) for one in everybody)


def is_team(identity: str) -> bool:
    """Whether an identity is that of a team, whose members only the forge knows."""
    return identity.partition(":")[0] in TEAMS


def teams_in(registry: Registry) -> tuple[str, ...]:
    """The teams of a forge that the registry's groups name, sorted."""
    return tuple(sorted({one for group in registry.groups.values() for one in group if is_team(one)}))


def _plain(identity: str) -> str:
    """An identity as it is compared: in small letters, and an address as an address."""
    system, _, name = identity.casefold().partition(":")
    return f"email:{name}" if system == "ssh" and "@" in name else f"{system}:{name}"
