"""The environment that git runs in: what a hook set is kept for the user's own repository, and only there.

`git commit -a` and `git commit -- path` run their hooks with `GIT_INDEX_FILE` naming a temporary index; who
drops it sees the previous content. Any other repository must not see it: it would read a foreign index.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

INDEX = "GIT_INDEX_FILE"
LOCATION = frozenset({"GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_PREFIX", "GIT_IMPLICIT_WORK_TREE"})
OF_ONE_REPOSITORY = LOCATION | {
    INDEX,
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_QUARANTINE_PATH",
    "GIT_GRAFT_FILE",
    "GIT_SHALLOW_FILE",
    "GIT_NAMESPACE",
    "GIT_REPLACE_REF_BASE",
    "GIT_INTERNAL_SUPER_PREFIX",
}
MERGED_HEAD = "GITHEAD_"  # `git merge` names what it merges to its hooks so; MERGE_HEAD is written after them
_RELATIVE_TO_PROCESS = ("GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY")
_CHANGES_PATHSPECS = {"GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS"}
_OURS = {
    "LC_ALL": "C",  # messages are matched
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_LITERAL_PATHSPECS": "1",  # names of files are data
    "GIT_NO_REPLACE_OBJECTS": "1",  # an id must stand for its own content
    "GIT_GRAFT_FILE": os.devnull,  # and a commit have its own parents
    "GIT_OPTIONAL_LOCKS": "0",  # looking must not make a commit of the user fail
}


def settled(env: Mapping[str, str]) -> dict[str, str]:
    """`env` as git gets it from us: relative locations made absolute, since git is run in other folders."""
    kept = {name: value for name, value in env.items() if name not in _CHANGES_PATHSPECS}
    for name in _RELATIVE_TO_PROCESS:
        if kept.get(name):
            kept[name] = os.path.abspath(kept[name])  # noqa: PTH100 - must not follow links
    return {**kept, **_OURS}


def without_location(env: Mapping[str, str]) -> dict[str, str]:
    """`env` for a repository that git finds by itself, with the index that a hook was given."""
    return {name: value for name, value in env.items() if name not in LOCATION}


def isolated(env: Mapping[str, str]) -> dict[str, str]:
    """`env` without anything that belongs to one repository."""
    return {
        name: value
        for name, value in env.items()
        if name not in OF_ONE_REPOSITORY and not name.startswith(MERGED_HEAD)
    }


def is_plain(env: Mapping[str, str], folder: Path) -> bool:
    """Whether git started in `folder` certainly finds the repository that `env` speaks of, if of any."""
    if "GIT_DIR" in env or "GIT_WORK_TREE" in env:
        return False
    return not OF_ONE_REPOSITORY & env.keys() or folder.samefile(".")
