"""git's failures in our words: its own first meaningful line, and what to do where that is known."""

from __future__ import annotations

import re

from modelops_git.core.errors import GitError

_NOISE = r"(hint|warning|remote|note): |[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]+ "
_PREFIX = r"(fatal|error): "
UNSHALLOW = "fetch the whole history: git fetch --unshallow (in GitHub Actions: fetch-depth: 0)"
_HINTS = (
    (
        r"dubious ownership in repository at '(.+)'",
        r"if you trust it: git config --global --add safe.directory '\1'",
    ),
    (r"not a git repository", "run this inside a git repository; `git init` makes one"),
    (r"must be run in a work tree", "this is bare, or the inside of .git: go to a clone that has files"),
    (r"shallow", UNSHALLOW),
    (
        r"tell me who you are|auto-detect email|empty ident|no email was given|no name was given",
        'say who you are: git config user.name "Your Name"; git config user.email you@example.com',
    ),
    (
        r"failed to sign",
        "mend your signing key, or go without: git config commit.gpgsign false",
    ),
    (r"\.lock': File exists", "another git process is at work here; try again when it is done"),
    (r"partial commit during a merge", "finish the merge first: git commit, or git merge --abort"),
    (
        r"Could not read from remote|unable to access|resolve host|Connection|read Username|does not appear",
        "check the remote's address (git remote -v), the network and your access to it",
    ),
)


def failure(verb: str, code: int, stderr: bytes) -> GitError:
    """The error for `git <verb>`, which ended with `code` and said `stderr`."""
    said = stderr.decode("utf-8", "replace")
    line = first_line(said) or f"ended with code {code}"
    return GitError(f"git {verb}: {line}", hint=hint_for(said))


def first_line(said: str) -> str:
    """The first line of git's messages that names the failure, without `fatal:`; empty if it said nothing."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    named = [line for line in lines if re.match(_PREFIX, line)]
    plain = [line for line in lines if not re.match(_NOISE, line)]
    found = next(iter(named or plain or lines), "")
    return re.sub(_PREFIX, "", found, count=1)


def hint_for(said: str) -> str:
    """What to do about a failure of which git said this; empty where nothing is known."""
    for pattern, hint in _HINTS:
        if match := re.search(pattern, said):
            return match.expand(hint)
    return ""
