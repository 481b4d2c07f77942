"""The ways in which forges merge, done on a real repository."""

from __future__ import annotations

from forging.bare import Signature

WEB_FLOW = Signature("GitHub", "noreply@github.com")


def _merge(git, pull, person):
    base = git.tip(pull.base)
    tree = git.merged_tree(git.merge_base(base, pull.head), base, pull.head)
    message = f"Merge pull request #{pull.number} from {pull.branch}"
    return git.commit_tree(tree, message, person.signature, committer=WEB_FLOW, parents=(base, pull.head))


def _squash(git, pull, person):
    base = git.tip(pull.base)
    tree = git.merged_tree(git.merge_base(base, pull.head), base, pull.head)
    message = f"{pull.title} (#{pull.number})"
    return git.commit_tree(tree, message, person.signature, committer=WEB_FLOW, parents=(base,))


def _rebase(git, pull, person):
    tip = git.tip(pull.base)
    for one in git.log(f"{git.merge_base(tip, pull.head)}..{pull.head}"):
        tree = git.merged_tree(one.parents[0], tip, one.sha)
        tip = git.commit_tree(tree, one.message, one.author, committer=person.signature, parents=(tip,))
    return tip


def _fast_forward(git, pull, _person):
    base = git.tip(pull.base)
    return pull.head if git.is_ancestor(base, pull.head) else _rebase(git, pull, _person)


# A merge queue and a merge train try the merge on a branch of their own; what arrives is that commit.
MERGES = {
    "merge": _merge,
    "squash": _squash,
    "rebase": _rebase,
    "fast-forward": _fast_forward,
    "queue": _merge,
    "queue-squash": _squash,
    "train": _merge,
}
