"""What a forge knows, and what people do there; GitHub and GitLab show the same in their own ways."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

from forging.bare import ZERO, Bare
from forging.merging import MERGES
from forging.records import Moment, Person, Pull, Push, Remark, Team, Word

BEGAN = datetime(2026, 11, 2, 10, tzinfo=UTC)


@dataclass
class State:
    """One repository on a forge, and the people there; whatever is done takes a minute.

    Attributes:
        git: The repository, bare.
        repository: Its path on the forge.
        me: Whose the token is.
        pusher: Who pushes what arrives in the repository by git itself.
        people: Login in lower case -> who that is.
        teams: Path -> team.
        pulls: In the order of their numbers.
        pushes: In the order of time.
        verified: The commits whose signature the forge takes for good.
        is_gone: Whether what was pushed to branches that are no more is forgotten.
    """

    git: Bare
    repository: str = "acme/models"
    me: str = "runner"
    pusher: str = "runner"
    people: dict = field(default_factory=dict)
    teams: dict = field(default_factory=dict)
    pulls: list = field(default_factory=list)
    pushes: list = field(default_factory=list)
    verified: set = field(default_factory=set)
    forgets_branches: bool = False
    pull_ref: str = "refs/pull/{}/head"

    def __post_init__(self):
        self._numbers = count(1001)
        self._time = BEGAN
        self._tips = self.git.tips()
        self.person(self.me)

    # --- people ---------------------------------------------------------------------------------------------

    def person(self, login, *, is_bot=False, email=""):
        """An account; made where there is none."""
        key = login.lower()
        if key not in self.people:
            self.people[key] = Person(login, next(self._numbers), is_bot, email or f"{key}@example.com")
        return self.people[key]

    def bot(self, login):
        """An account that is no person."""
        return self.person(login, is_bot=True)

    def team(self, path, *members, children=()):
        """A team or group with members, and others in it."""
        for login in members:
            self.person(login)
        self.teams[path] = Team(list(members), list(children))

    def in_team(self, path):
        """The members of a team, those of the teams in it too, each once."""
        team = self.teams[path]
        found = dict.fromkeys(team.members)
        for child in team.children:
            found |= dict.fromkeys(self.in_team(child))
        return list(found)

    def known_by(self, email):
        """The account with an address; None where there is none."""
        found = (one for one in self.people.values() if one.email == email.lower())
        return next(found, None)

    # --- git ------------------------------------------------------------------------------------------------

    def commit(self, branch, by="ana", **said):
        """Commit on a branch, which begins at `main` where it is new, and push it.

        Args:
            branch: Where.
            by: Who pushes; also who wrote it, where `author` does not say otherwise.
            said: `files`, `message`, `author` and `committer` as Signatures, `force` to drop the last commit.
        """
        tips = self.git.tips()
        parent = tips.get(branch, tips["main"])
        if said.get("force"):
            parent = self.git.read(parent).parents[0]
        person = self.person(by)
        files = said.get("files") or {f"{branch}.txt": f"{next(self._numbers)}\n"}
        self.tick()
        made = self.git.commit(
            files,
            said.get("message", f"Change {branch}"),
            said.get("author", person.signature),
            committer=said.get("committer"),
            parents=(parent,),
        )
        self.git.update(branch, made)
        self.sync(by)
        return made

    def sync(self, by=""):
        """Take note of what was pushed since, also by git itself."""
        tips = self.git.tips()
        for branch in sorted(set(tips) | set(self._tips)):
            before, after = self._tips.get(branch, ""), tips.get(branch, "")
            if before != after:
                self._tips[branch] = after
                self._note(branch, before, after, by or self.pusher)
        self._tips = tips

    def _note(self, branch, before, after, by):
        kind = "push" if before and after else "branch_creation" if after else "branch_deletion"
        if kind == "push" and not self.git.is_ancestor(before, after):
            kind = "force_push"
        self.person(by)
        push = Push(next(self._numbers), branch, before or ZERO, after or ZERO, by, self.tick(), kind)
        self.pushes.append(push)
        for pull in self.pulls:
            if pull.branch == branch and pull.state == "open" and not pull.fork and after:
                self._follow(pull, push)
        if kind == "branch_deletion" and self.forgets_branches:
            self.pushes = [one for one in self.pushes if one.branch != branch]

    def _follow(self, pull, push):
        pull.head = push.after
        pull.pushes.append(push)
        self._moment(pull)

    def _moment(self, pull):
        pull.start = self.git.merge_base(self.git.tip(pull.base), pull.head)
        pull.moments.append(Moment(next(self._numbers), pull.head, pull.start, self.tick()))
        self.git.update_ref(self.pull_ref.format(pull.number), pull.head)

    def tick(self, minutes=1):
        """Let time go by; the time then, as git and JSON have it."""
        self._time += timedelta(minutes=minutes)
        self.git.now = self._time.isoformat()
        return self.now

    @property
    def now(self):
        """The time in ISO 8601, with a `Z`."""
        return self._time.strftime("%Y-%m-%dT%H:%M:%SZ")

    def number(self):
        """A number that nothing has yet."""
        return next(self._numbers)

    # --- pull requests --------------------------------------------------------------------------------------

    def open(self, branch, by="ana", **said):
        """Open a pull request.

        Args:
            branch: What it proposes.
            by: Who opens it.
            said: `base`, `title`, `body`, `assignees`, and `fork`: the path of the repository it comes from.
        """
        self.sync()
        self.person(by)
        for login in said.get("assignees", ()):
            self.person(login)
        title = said.get("title", f"Change {branch}")
        made = Pull(
            len(self.pulls) + 1,
            by,
            branch,
            said.get("base", "main"),
            title,
            said.get("body", ""),
            self.tick(),
        )
        made.fork, made.assignees = said.get("fork", ""), list(said.get("assignees", ()))
        made.head = self.git.tip(branch)
        self.pulls.append(made)
        self._moment(made)
        return made.number

    def pull(self, number):
        """The pull request with a number; None where there is none."""
        self.sync()
        return self.pulls[number - 1] if 0 < number <= len(self.pulls) else None

    def say(self, number, by, state, commit=""):
        """Review: `approved`, `changes_requested`, `commented`, or take an approval back: `unapproved`."""
        pull = self.pull(number)
        self.person(by)
        pull.words.append(Word(next(self._numbers), by, state, self.tick(), commit or pull.head))

    def approve(self, number, by):
        """Approve what is proposed now."""
        self.say(number, by, "approved")

    def dismiss(self, number, by):
        """Dismiss the latest review of somebody; on GitLab, take back their approval."""
        found = [one for one in self.pull(number).words if one.by == by and one.state != "commented"]
        found[-1].state = "dismissed"

    def remark(self, number, by, body):
        """Write a comment."""
        self.person(by)
        made = Remark(next(self._numbers), by, body, self.tick())
        self.pull(number).remarks.append(made)
        return made

    def close(self, number):
        """Close without merging."""
        pull = self.pull(number)
        pull.state, pull.closed = "closed", self.tick()

    def merge(self, number, how="merge", by="ana", *, delete=True):
        """Merge in one of the ways of forges: `merge`, `squash`, `rebase`, `queue`, `fast-forward`, `train`.

        Returns:
            The commits that the base branch got, the oldest first.
        """
        pull = self.pull(number)
        self.tick()
        before = self.git.tip(pull.base)
        after = MERGES[how](self.git, pull, self.person(by))
        pull.brought = [one.sha for one in self.git.log(f"{before}..{after}")]
        pull.state, pull.merged_as, pull.merged_by = "merged", after, by
        self.git.update(pull.base, after)
        self.sync(by)
        pull.closed = self.tick()
        if delete and not pull.fork:
            self.git.update(pull.branch, "")
            self.sync(by)
        return tuple(pull.brought)

    def commits(self, pull):
        """The commits of a pull request, the oldest first."""
        return self.git.log(f"{pull.start}..{pull.head}")
