"""From the errors of boto3 to those of a provider of metrics: what is wrong, and what to do about it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from modelops_git.core.artifacts import printable
from modelops_git.core.errors import MetricsError

if TYPE_CHECKING:
    from collections.abc import Iterator

_SHOWN = 300
_NETWORK = "Check `region` of the provider, and the network."
_LOG_IN = "Log in, set AWS_PROFILE, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
_AGAIN = "Log in again, such as by `aws sso login`; CI takes credentials from its OIDC role."
_RIGHTS = "Allow the identity (`aws sts get-caller-identity`) cloudwatch:GetMetricData."
_BUSY = "Ask less often: a longer `interval`."
_WORDS = {
    "AccessDenied": ("access is denied", _RIGHTS),
    "AccessDeniedException": ("access is denied", _RIGHTS),
    "OptInRequired": ("the account has not enabled the region", _NETWORK),
    "ExpiredToken": ("the credentials have expired", _AGAIN),
    "ExpiredTokenException": ("the credentials have expired", _AGAIN),
    "RequestExpired": ("the clock of this machine is wrong", "Set the clock."),
    "UnrecognizedClientException": ("CloudWatch does not know the access key", _AGAIN),
    "InvalidClientTokenId": ("CloudWatch does not know the access key", _AGAIN),
    "SignatureDoesNotMatch": ("the secret key is not that of the access key", _AGAIN),
    "Throttling": ("there are too many requests", _BUSY),
    "ThrottlingException": ("there are too many requests", _BUSY),
    "RequestLimitExceeded": ("there are too many requests", _BUSY),
    "LimitExceededException": ("there are too many requests", _BUSY),
    "ValidationError": ("CloudWatch refuses the query", "Correct the query."),
    "ValidationException": ("CloudWatch refuses the query", "Correct the query."),
    "InvalidParameterValue": ("CloudWatch refuses the query", "Correct the query."),
    "InvalidParameterCombination": ("CloudWatch refuses the query", "Correct the query."),
}


@contextmanager
def translated(region: str) -> Iterator[None]:
    """Turn an error of boto3 in the block into a MetricsError about CloudWatch in `region`.

    So is an answer that boto3 or the block cannot make sense of: whoever answers may be no CloudWatch.
    """
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.parsers import ResponseParserError

    subject = f"CloudWatch in {printable(region)}"
    try:
        yield
    except ClientError as error:
        raise _refusal(subject, error.response) from error
    except (BotoCoreError, OSError) as error:
        raise MetricsError(f"{subject}: {_said(str(error))}", hint=_hint(error)) from error
    except (
        ResponseParserError,
        ArithmeticError,
        AttributeError,
        LookupError,
        RecursionError,
        TypeError,
        ValueError,
    ) as error:
        said = _said(f"{type(error).__name__}: {error}")
        raise MetricsError(
            f"{subject} gives an answer that makes no sense ({said})", hint=_NETWORK
        ) from error


def _refusal(subject: str, response: Any) -> MetricsError:
    error = response.get("Error", {})
    code = str(error.get("Code") or response.get("ResponseMetadata", {}).get("HTTPStatusCode", "?"))
    words, hint = _WORDS.get(code, ("it refuses", "Try again later."))
    said = _said(str(error.get("Message") or ""))
    return MetricsError(f"{subject}: {words} ({_said(code)}{f': {said}' if said else ''})", hint=hint)


def _hint(error: Exception) -> str:
    from botocore import exceptions

    if isinstance(error, exceptions.NoCredentialsError | exceptions.PartialCredentialsError):
        return _LOG_IN
    if isinstance(
        error,
        exceptions.CredentialRetrievalError | exceptions.TokenRetrievalError | exceptions.SSOError,
    ):
        return _AGAIN
    if isinstance(error, exceptions.ProfileNotFound | exceptions.ConfigParseError):
        return "Correct AWS_PROFILE or the AWS configuration."
    return _NETWORK


def _said(text: str) -> str:
    """What a library or a server says, in one line that is not long."""
    shown = printable(" ".join(text.split()).rstrip("."))
    return shown if len(shown) <= _SHOWN else f"{shown[: _SHOWN - 1]}…"
