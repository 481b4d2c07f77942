"""From the errors of boto3 to those of a store: what is wrong, in words, and what to do about it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from modelops_git.core.artifacts import printable
from modelops_git.core.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

_REGION = "Set `region` of the store in modelops.yaml to the bucket's."
_RIGHTS = (
    "Check which identity is used (`aws sts get-caller-identity`), and that it may read and list the bucket; "
    "without the right to list, S3 says the same of an object that is not there."
)
_CREDENTIALS = (
    "Log in again, such as by `aws sso login`, or set AWS_PROFILE; CI takes them from its OIDC role."
)
_BUSY = "The server is busy; try again later."
_SUMS = "Where it does not know checksums, set `checksum_mode: when_required`."
_WORDS = {
    "AccessDenied": ("access is denied", _RIGHTS),
    "403": ("access is denied", _RIGHTS),
    "400": (
        "the server refuses the request and does not say why",
        f"Often the credentials have expired, or `region` of the store is not the bucket's. {_CREDENTIALS}",
    ),
    "AllAccessDisabled": ("access is denied", _RIGHTS),
    "InvalidAccessKeyId": ("the server does not know the access key", _CREDENTIALS),
    "SignatureDoesNotMatch": ("the secret key is not that of the access key", _CREDENTIALS),
    "ExpiredToken": ("the credentials have expired", _CREDENTIALS),
    "ExpiredTokenException": ("the credentials have expired", _CREDENTIALS),
    "InvalidToken": ("the credentials are not valid", _CREDENTIALS),
    "TokenRefreshRequired": ("the credentials have expired", _CREDENTIALS),
    "RequestTimeTooSkewed": ("the clock of this machine is wrong", "Set the clock."),
    "NoSuchBucket": ("there is no such bucket", "Correct `uri` of the store in modelops.yaml."),
    "PermanentRedirect": ("the bucket is in another region", _REGION),
    "301": ("the bucket is in another region", _REGION),
    "AuthorizationHeaderMalformed": ("the bucket is in another region", _REGION),
    "IllegalLocationConstraintException": ("the bucket is in another region", _REGION),
    "SlowDown": ("the server is busy", _BUSY),
    "ServiceUnavailable": ("the server is busy", _BUSY),
    "503": ("the server is busy", _BUSY),
    "InternalError": ("the server failed", "Try again later."),
    "500": ("the server failed", "Try again later."),
    "BadDigest": (
        "the server received other bytes than were sent",
        "Try again; if it stays, check the network.",
    ),
    "InvalidRequest": (
        "the server refuses the request",
        f"{_SUMS} Where it has no Object Lock, leave `object_lock` out.",
    ),
    "NotImplemented": (
        "the server cannot do what is asked of it",
        _SUMS,
    ),
}


@contextmanager
def translated(subject: str) -> Iterator[None]:
    """Turn an error of boto3 in the block into a StoreError about `subject`, such as a key.

    So is an answer that boto3 or the block cannot make sense of, such as one without an entity tag: whoever
    answers may be no server of S3. A generator must hold this inside itself: a `with` around the call that
    makes it sees nothing.
    """
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.parsers import ResponseParserError
    from urllib3.exceptions import HTTPError

    try:
        yield
    except ClientError as error:
        raise _refusal(subject, error.response) from error
    except (BotoCoreError, HTTPError, OSError) as error:
        raise _unreachable(subject, error) from error
    except RecursionError as error:  # boto3 follows a server that sends it on to itself
        hint = (
            "Check `endpoint_url`, such as whether it has to begin with `https:`, and `region` of the store."
        )
        raise StoreError(f"{printable(subject)}: the server redirects without end", hint=hint) from error
    except (ResponseParserError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise StoreError(
            f"{printable(subject)}: the server gives an answer that makes no sense ({_said(error)})",
            hint="Check that `endpoint_url` of the store is the address of a server of S3.",
        ) from error


@contextmanager
def settings_errors(profile: str | None) -> Iterator[None]:
    """Turn an error while a client is made into a StoreError."""
    from botocore.exceptions import BotoCoreError

    try:
        yield
    except (BotoCoreError, ValueError) as error:
        what = f"the profile {printable(profile)} of the AWS configuration" if profile else "the S3 settings"
        raise StoreError(
            f"{what} cannot be used: {_said(error)}",
            hint="Correct `profile`, `region` or `endpoint_url` of the store, or the AWS configuration.",
        ) from error


def code_of(error: Any) -> str:
    """The code of a refusal (`ClientError`): S3's own, else the HTTP status as text."""
    said = error.response.get("Error", {}).get("Code", "")
    return str(said or error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", ""))


def is_refusal(error: StoreError, *codes: str) -> bool:
    """Whether the server itself said no, by one of the codes where some are given."""
    from botocore.exceptions import ClientError

    cause = error.__cause__
    return isinstance(cause, ClientError) and (not codes or code_of(cause) in codes)


def _refusal(subject: str, response: Any) -> StoreError:
    error = response.get("Error", {})
    code = str(error.get("Code") or response.get("ResponseMetadata", {}).get("HTTPStatusCode", "?"))
    words, hint = _WORDS.get(code, ("the server refuses", ""))
    region = response.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("x-amz-bucket-region", "")
    if hint is _REGION and (region := region or error.get("Region", "")):
        hint = f"Set `region: {printable(region)}` for the store in modelops.yaml."
    said = printable(str(error.get("Message") or ""))
    tail = "" if code.isdigit() or not said else f": {said.rstrip('.')}"
    return StoreError(f"{printable(subject)}: {words} ({printable(code)}{tail})", hint=hint)


def _unreachable(subject: str, error: Exception) -> StoreError:
    from botocore import exceptions

    hint = "Check the network and `endpoint_url` of the store; then try again."
    if isinstance(error, exceptions.NoCredentialsError | exceptions.PartialCredentialsError):
        hint = "Log in, set AWS_PROFILE, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
    elif isinstance(error, exceptions.TokenRetrievalError | exceptions.UnauthorizedSSOTokenError):
        hint = _CREDENTIALS
    elif isinstance(error, exceptions.NoRegionError):
        hint = _REGION
    elif isinstance(error, exceptions.ParamValidationError):
        hint = "Correct `uri` of the store in modelops.yaml."
    return StoreError(f"{printable(subject)}: {_said(error)}", hint=hint)


def _said(error: Exception) -> str:
    """What a library says, in one line."""
    return printable(" ".join(str(error).split()).rstrip(".") or type(error).__name__)
