"""Who may do what, and who must approve it; `authorize` and `apply` call these with what they know."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from modelops_git.core.checks.base import Defect, Scope, check
from modelops_git.core.findings import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_NAMED = 5
"""How many people a message names."""
_APPROVE_AGAIN = "Have it approved again as it is now."


class Deed(NamedTuple):
    """Something that a change does.

    Attributes:
        path: The changed file.
        what: What is done, as in `promote iris in production`.
        where: The environment; empty where it is about none.
    """

    path: str
    what: str
    where: str = ""


class Asker(NamedTuple):
    """Who asks for it, beside who may.

    Attributes:
        who: Their identity; empty where nobody vouches for who it is.
        groups: The groups whose members may; empty where no rule lets anybody.
    """

    who: str
    groups: tuple[str, ...] = ()


class Lack(NamedTuple):
    """The approvals that a rule asks for, and those that there are.

    Attributes:
        groups: The groups whose members' approvals count.
        wanted: How many of them must approve.
        given: Who did, and counts.
        candidates: Who else could; empty where that is not known.
    """

    groups: tuple[str, ...]
    wanted: int
    given: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()


class Own(NamedTuple):
    """An approval by somebody who had a part in the change, or may have had.

    Attributes:
        by: Who approved; empty where it is about somebody of whom that cannot be told.
        part: What they did for the change, in words: `opened it`.
        doubt: Why it cannot be told who they are; empty where it can.
    """

    by: str
    part: str
    doubt: str = ""


class Unreviewed(NamedTuple):
    """What came to the default branch past the rules.

    Attributes:
        commit: The commit that brought it.
        why: How it is known: `no merged pull request has brought it`.
    """

    commit: str
    why: str


@check("MOG601", "not-allowed-to-register", scope=Scope.POLICY)
def not_allowed_to_register(deed: Deed, asker: Asker) -> Iterator[Defect]:
    """Somebody registers a version who may not.

    `authors` of a rule names the groups whose members may. Rules and groups are read as they were before the
    change. Who asks is who opened the pull request; in plain git, whose key signed the commits.

    Wrong:
    ```yaml
    # modelops.yaml; github:mallory has opened the pull request
    ml-engineers: ["github:ana", "github:bo"]
    rules:
    - {action: register, authors: [ml-engineers]}
    ```
    Right:
    ```yaml
    # modelops.yaml; github:ana has
    ml-engineers: ["github:ana", "github:bo"]
    rules:
    - {action: register, authors: [ml-engineers]}
    ```
    """
    yield _not_allowed(deed, asker)


@check("MOG602", "not-allowed", scope=Scope.POLICY)
def not_allowed(deed: Deed, asker: Asker) -> Iterator[Defect]:
    """Somebody does what no rule lets them do: promote, roll back, describe, administer or operate.

    Every rule that matches must hold. Once an environment has rules at all, what none of them is about is
    denied there: who writes a rule for promotions writes one for rollbacks too.

    Wrong:
    ```yaml
    # modelops.yaml, and a rollback in production
    - {action: promote, environments: [production], approvals: {from: [ml-leads], count: 2}}
    required_metadata: [training.data, evaluations]
    ```
    Right:
    ```yaml
    # modelops.yaml, and the same rollback
    - {action: promote, environments: [production], approvals: {from: [ml-leads], count: 2}}
    - {action: rollback, environments: [production], approvals: {from: [on-call], count: 1}}
    ```
    """
    yield _not_allowed(deed, asker)


@check("MOG603", "approvals-missing", scope=Scope.POLICY)
def approvals_missing(deed: Deed, lack: Lack) -> Iterator[Defect]:
    """Not enough of those have approved who must.

    The latest word of each person counts, on what the change does now, and never that of somebody who had a
    part in it. Each rule that matches asks for its own.

    Wrong:
    ```yaml
    # modelops.yaml; github:bo has approved
    ml-leads: ["github:bo", "github:cleo", "github:dan"]
    …
    - {action: promote, environments: [production], approvals: {from: [ml-leads], count: 2}}
    ```
    Right:
    ```yaml
    # modelops.yaml; github:bo and github:cleo have
    ml-leads: ["github:bo", "github:cleo", "github:dan"]
    …
    - {action: promote, environments: [production], approvals: {from: [ml-leads], count: 2}}
    ```
    """
    missing = lack.wanted - len(lack.given)
    have = f"{_named(lack.given)} approved it" if lack.given else "nobody who counts has approved it yet"
    yield Defect(
        f"To {deed.what} takes {_approvals(lack.wanted)} of {_or(lack.groups)}; {have}.",
        Place(deed.path),
        f"Missing: {missing}. {_who_could(lack)}",
    )


@check("MOG604", "approved-by-author", scope=Scope.POLICY)
def approved_by_author(deed: Deed, own: Own) -> Iterator[Defect]:
    """An approval does not count: it is by somebody who had a part in the change, or may have had.

    Nobody approves what they opened, pushed, wrote or co-wrote, nor what a bot did for them. Where somebody
    who wrote it is known by an address only, no approval can be told from theirs: `people` in modelops.yaml
    says whose address it is. In plain git, commits say nothing for certain that nobody has signed.

    Wrong:
    ```yaml
    # modelops.yaml; github:bo has opened the pull request, and has approved it with github:cleo
    ml-leads: ["github:bo", "github:cleo", "github:dan"]
    ```
    Right:
    ```yaml
    # modelops.yaml; github:cleo and github:dan have approved it
    ml-leads: ["github:bo", "github:cleo", "github:dan"]
    ```
    """
    if own.doubt:
        hint = _SIGN if "signed" in own.doubt else _SAY_WHO
        yield Defect(f"Approvals cannot be counted: {own.part} {own.doubt}.", Place(deed.path), hint)
        return
    yield Defect(
        f"The approval of {own.by} does not count, for they {own.part}.",
        Place(deed.path),
        "Have somebody approve it who had no part in it.",
    )


@check("MOG605", "approval-stale", scope=Scope.POLICY)
def approval_stale(deed: Deed, by: str, why: str) -> Iterator[Defect]:
    """Somebody approved, but not this: what the change does is not what they saw.

    An approval is bound to the files as they were at the head, or to the change of each file together with
    the generations that it brings. So it survives an update of the base that alters neither, and a merge, a
    squash or a rebase; and it ends with any other push, also with one that comes after the last look.

    Wrong:
    ```yaml
    # models/iris/rollouts/production.yaml; it was another version that github:cleo approved
    version: 1.1.0
    ```
    Right:
    ```yaml
    # models/iris/rollouts/production.yaml; it was this one
    version: 1.1.0
    ```
    """
    yield Defect(f"The approval of {by} does not count: {why}.", Place(deed.path), _APPROVE_AGAIN)


@check("MOG609", "direct-push", scope=Scope.POLICY)
def direct_push(deed: Deed, past: Unreviewed) -> Iterator[Defect]:
    """What is to go live has come to the default branch past the rules that protect its environment.

    Somebody pushed to the branch, or merged with an administrator's right to bypass its protection. `apply`
    asks the forge, or the signatures, once more, and leaves what was not approved as it is.

    Wrong:
    ```yaml
    # models/iris/rollouts/production.yaml; pushed to main by hand
    version: 1.1.0
    ```
    Right:
    ```yaml
    # models/iris/rollouts/production.yaml; merged by a pull request that has the approvals
    version: 1.1.0
    ```
    """
    yield Defect(
        f"To {deed.what} was not reviewed: commit {past.commit[:12]} brings it, and {past.why}.",
        Place(deed.path),
        "Bring it by a pull request. In an emergency there is `modelops apply --break-glass`.",
    )


_SIGN = (
    "Sign the commits: git config gpg.format ssh; git config commit.gpgsign true; git rebase --force-rebase."
)
_SAY_WHO = "Say in modelops.yaml, under `people`, whose it is; that is merged before this change."


def _not_allowed(deed: Deed, asker: Asker) -> Defect:
    if not asker.groups:
        return Defect(
            f"No rule lets anybody {deed.what}, and {deed.where} has rules for other actions.",
            Place(deed.path),
            "Add a rule for it to modelops.yaml, in a change of its own.",
        )
    who = asker.who or "somebody whom nobody vouches for"
    hint = "Ask one of them to do it."
    if not asker.who:
        hint = "Open it as a pull request, sign the commits, or name who asks with --author."
    return Defect(f"To {deed.what} takes a member of {_or(asker.groups)}, not {who}.", Place(deed.path), hint)


def _approvals(count: int) -> str:
    return "an approval" if count == 1 else f"{count} approvals"


def _who_could(lack: Lack) -> str:
    if not lack.candidates:
        return f"Nobody else is in {_or(lack.groups)} who had no part in it."
    return f"It can be approved by {_named(lack.candidates)}."


def _or(names: tuple[str, ...]) -> str:
    return " or ".join(names)


def _named(people: tuple[str, ...]) -> str:
    more = len(people) - MOST_NAMED
    return ", ".join(people[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


CHECKS = (
    not_allowed_to_register,
    not_allowed,
    approvals_missing,
    approved_by_author,
    approval_stale,
    direct_push,
)
