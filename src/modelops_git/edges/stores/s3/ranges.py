"""One range of an object, in as many requests as it takes: each goes on where the one before broke off."""

from __future__ import annotations

import random
import time
from concurrent.futures import CancelledError
from typing import TYPE_CHECKING, Any, NamedTuple

from modelops_git.core.artifacts import printable
from modelops_git.core.errors import StoreError
from modelops_git.edges.stores.base import StoreChangedError
from modelops_git.edges.stores.s3 import failures
from modelops_git.edges.stores.s3.budget import MIB
from modelops_git.edges.stores.s3.target import is_gone

if TYPE_CHECKING:
    from collections.abc import Callable

    from modelops_git.edges.stores.s3.target import Target

STALLED = 5
"""How many tries in a row may bring no byte."""
SLICE = MIB // 4
"""What came of a slice is lost when its connection is reset."""
_BASE_WAIT, _LONGEST_WAIT = 0.1, 5.0


class Pinned(NamedTuple):
    """One object as the first answer described it.

    Attributes:
        target: Where it is, with its version where it has one.
        tag: Its entity tag; says nothing of the content, but changes with it.
        size: In bytes.
    """

    target: Target
    tag: str
    size: int


def fetch(pinned: Pinned, start: int, view: memoryview, is_given_up: Callable[[], bool]) -> None:
    """Fill `view` with the bytes from `start` on, in as many requests as it takes.

    Raises:
        StoreChangedError: The object was replaced.
        StoreError: The server gives them no longer, or breaks off again and again.
        CancelledError: `is_given_up`.
    """
    done = stalled = 0
    while done < len(view):
        got = _ask(pinned, start + done, view[done:], is_given_up)
        done += got
        stalled = 0 if got else stalled + 1
        if stalled == STALLED:
            raise StoreError(
                f"{printable(pinned.target.subject)}: the connection broke off {STALLED} times "
                f"at byte {start + done} of {pinned.size}",
                hint="Check the network; then try again.",
            )
        if stalled:
            time.sleep(random.uniform(0.5, 1) * min(_BASE_WAIT * 2**stalled, _LONGEST_WAIT))  # noqa: S311 - jitter


def _ask(pinned: Pinned, start: int, view: memoryview, is_given_up: Callable[[], bool]) -> int:
    """One request for a range; how many bytes came."""
    from botocore.exceptions import ClientError

    target = pinned.target
    wanted = f"bytes={start}-{start + len(view) - 1}"
    with failures.translated(target.subject):
        try:
            answer = target.get(wanted, pinned.tag)
        except ClientError as error:
            if is_gone(error) or failures.code_of(error) in {
                "PreconditionFailed",
                "412",
                "InvalidRange",
                "416",
            }:
                raise _changed(target) from error
            raise
    with answer["Body"] as body:
        if answer.get("ETag") != pinned.tag:  # some servers know nothing of IfMatch
            raise _changed(target)
        if not str(answer.get("ContentRange", "")).startswith(f"bytes {start}-"):
            raise StoreError(
                f"{printable(target.subject)}: the server sends another range than was asked for"
            )
        return receive(body, view, is_given_up)


def _changed(target: Target) -> StoreChangedError:
    return StoreChangedError(
        f"{printable(target.subject)} was replaced or deleted while it was read",
        hint="Find out who writes to the store; nothing may be overwritten there.",
    )


def receive(body: Any, view: memoryview, is_given_up: Callable[[], bool]) -> int:
    """Take what comes, until it is all there or the connection breaks; how many bytes came.

    Raises:
        CancelledError: `is_given_up`.
    """
    from botocore.exceptions import BotoCoreError
    from urllib3.exceptions import HTTPError

    done = 0
    while done < len(view):
        if is_given_up():
            raise CancelledError
        try:
            got = body.readinto(view[done : done + SLICE])
        except (BotoCoreError, HTTPError, OSError):  # what came so far counts; the rest is asked for again
            return done
        if not got:
            return done
        done += got
    return done
