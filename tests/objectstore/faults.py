"""What a test tells the fake to do wrong, as small values, and when.

fake.fail("GetObject", Flip())                      # the next read returns a byte that was never stored
fake.fail("PutObject", Refuse("SlowDown"), times=3) # three refusals, then all is well
fake.fail("GetObject", First(overwrite), after=1)   # between the first and the second range
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable


class Refuse(NamedTuple):
    """The operation is not carried out; the answer is this error, with more fields or headers where given."""

    code: str
    fields: dict[str, str] | None = None
    headers: dict[str, str] | None = None


class ErrorInside(NamedTuple):
    """The operation is not carried out; the status is 200 and the body an error, as S3 does it at times."""

    code: str = "InternalError"


class Without(NamedTuple):
    """Headers of the request are ignored, as by a server that knows nothing of them."""

    headers: tuple[str, ...]


class First(NamedTuple):
    """Something is done before the operation is carried out; it is given the `World`."""

    do: Callable[[object], object]


class Rewrite(NamedTuple):
    """The answer is changed before it is sent; the function is given the `Answer`."""

    change: Callable[[object], object]


class Flip(NamedTuple):
    """One bit of the body that is sent is wrong; `at` is where, from 0 to 1."""

    at: float = 0.5


class Truncate(NamedTuple):
    """The connection ends in good order in the middle of the body; `at` is where, from 0 to 1."""

    at: float = 0.5


class Reset(NamedTuple):
    """The connection is reset in the middle: of the body that is sent, or of that of an upload."""

    at: float = 0.5


class Length(NamedTuple):
    """Content-Length says `by` bytes more than there are, or fewer; the connection ends after the body."""

    by: int


class Stall(NamedTuple):
    """Nothing more is sent from `at` on, until the client gives up or the server stops."""

    at: float = 0.0


class Lost(NamedTuple):
    """The operation is carried out, and the connection is reset instead of an answer."""


@dataclass
class Fault:
    """Something wrong, for the requests that match: after the first `after` of them, `times` times.

    `operation` and `key` are patterns as of file names. `times` may be `math.inf`.
    """

    operation: str
    action: object
    key: str = "*"
    after: int = 0
    times: float = 1
    met: int = 0
    struck: int = 0

    def strikes(self, operation, key):
        """Whether a request meets it now; it counts."""
        if not (fnmatchcase(operation, self.operation) and fnmatchcase(key, self.key)):
            return False
        self.met += 1
        now = self.after < self.met and self.struck < self.times
        self.struck += now
        return now
