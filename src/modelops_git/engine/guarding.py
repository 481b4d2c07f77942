"""Guard the rules: who weakens them past the rules must not then be judged by what they made of them.

Rules count as they were before a change. So whoever may push to the default branch could push other rules
first, and then a promotion that these allow; or name another target for what is under way. Before a run
begins or goes on, and before a target is mended, every change of the rules since the commit that was applied
last is asked about too. Where they are in the end as they were, nothing is. The way back asks nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from modelops_git.core.authorizing.verdict import Act
from modelops_git.core.errors import RefusedError
from modelops_git.edges.git.commits import commit_of, find_commit
from modelops_git.edges.git.differing import differences
from modelops_git.engine.intent import intent_at
from modelops_git.engine.permitting import RULES, Merge, ask

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelops_git.core.snapshot import FileEntry
    from modelops_git.engine.answers_kept import Answers
    from modelops_git.engine.binding import Span
    from modelops_git.engine.ground import Ground
    from modelops_git.engine.intent import Intent


@dataclass(frozen=True, slots=True)
class Ruling:
    """A change of a file of the rules.

    Attributes:
        path: The file.
        before: What it was; None for nothing.
        after: What it is, likewise.
    """

    path: str
    before: FileEntry | None
    after: FileEntry | None

    def __call__(self, span: Span) -> bool:
        """Whether a change leaves the file just like this."""
        return any(one.path == self.path and one.after == self.after for one in span.inside)


def guard(ground: Ground, intent: Intent, answers: Answers) -> None:
    """Refuse where the rules were changed past the rules since the commit that was applied last.

    Raises:
        RefusedError: They were.
        ForgeError: The forge could not be asked.
        GitError: Commits could not be had.
    """
    applied = ground.journal.tip().environment.applied_commit
    if applied is None or find_commit(ground.repository, applied) is None:
        return  # the first apply: whoever sets up a journal has read the rules
    question = ("rules", ground.name, applied, intent.commit)
    answers.of(question, lambda: _guard(ground, intent, applied, answers))


def _guard(ground: Ground, intent: Intent, applied: str, answers: Answers) -> None:
    if not _ruled(ground, applied, intent.commit):
        return
    rules = intent_at(ground.repository, applied)
    for commit, parent in _commits(ground, applied, intent.commit):
        rules = _rules_at(ground, parent) or rules
        for ruling in _ruled(ground, parent, commit):
            act, branch = Act("administer", ruling.path), intent.registry.default_branch
            merge = Merge(ground, commit, intent.commit, rules, branch, act, ruling, answers)
            if merge.is_ruled:
                ask(merge)


def _rules_at(ground: Ground, commit: str) -> Intent | None:
    """The rules at a commit; None where they are broken there, so that those before them still count."""
    try:
        return intent_at(ground.repository, commit)
    except RefusedError:
        return None


def _ruled(ground: Ground, base: str, head: str) -> list[Ruling]:
    folder = ground.repository.prefix.removesuffix("/")
    return [Ruling(*one) for one in differences(ground.repository, base, head, folder, RULES)]


def _commits(ground: Ground, base: str, head: str) -> Iterator[tuple[str, str]]:
    """The commits of the default branch that change the rules, each with the one before it."""
    repository = ground.repository
    paths = [repository.prefix + path for path in RULES]
    words = ("rev-list", "--first-parent", "--reverse", f"{base}..{head}", "--", *paths)
    for commit in repository.git.text(*words).split():
        yield commit, commit_of(repository, commit).parents[0]
