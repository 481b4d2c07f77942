"""What the message of a merge says of its review: the pull request, and who approved.

It is what the merging side has written, and no proof: whoever may push may write it. What a forge says, where
it is asked, counts for more.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from modelops_git.core.journal.people import Approval

BY_MESSAGE = "commit message"
"""The source of an approval that is known from a message only."""
MOST, LONGEST = 50, 200
READ = 100_000
"""Characters of a message that are read."""
_PULL_REQUESTS = (
    re.compile(r"\AMerge pull request #(?P<number>[0-9]{1,10}) from ", re.ASCII),  # GitHub, Bitbucket
    re.compile(
        r"\A[^\n]* \((?:pull request )?#(?P<number>[0-9]{1,10})\)$", re.ASCII | re.MULTILINE
    ),  # squashed
    re.compile(r"\AMerged PR (?P<number>[0-9]{1,10}): ", re.ASCII),  # Azure
    re.compile(
        r"^See merge request (?P<path>[\w./-]{1,200}![0-9]{1,10})$", re.ASCII | re.MULTILINE
    ),  # GitLab
)
_APPROVED = re.compile(r"^(?:Approved|Reviewed)-by: *(?P<by>\S.*)$", re.MULTILINE | re.IGNORECASE)


class Review(NamedTuple):
    """What a message says.

    Attributes:
        pull_request: As the forge that wrote it names it, such as `#12` or `acme/models!12`; empty where it
            says nothing.
        approvals: Who approved, in the order of the message, each once.
    """

    pull_request: str = ""
    approvals: tuple[Approval, ...] = ()


def review_of(message: str) -> Review:
    """What the message of the commit that brought a change says of its review."""
    message = message[:READ]
    found = next((one for one in (form.search(message) for form in _PULL_REQUESTS) if one), None)
    said = found.groupdict() if found else {}
    pull_request = said.get("path") or (f"#{said['number']}" if said.get("number") else "")
    people = dict.fromkeys(match["by"].strip()[:LONGEST] for match in _APPROVED.finditer(message))
    return Review(pull_request, tuple(Approval(by=one, source=BY_MESSAGE) for one in list(people)[:MOST]))
