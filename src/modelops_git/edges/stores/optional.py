"""Libraries that not everybody has, and their errors, of which each has its own."""

from __future__ import annotations

from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

from modelops_git.core.artifacts import printable
from modelops_git.core.errors import StoreError
from modelops_git.edges.stores.base import StoreChangedError, StoreMissingError

if TYPE_CHECKING:
    from collections.abc import Iterator

_RIGHTS = "Check the credentials, and that they may read and list."
_LONGEST = 300


def needed(module: str, extra: str) -> Any:
    """A module of a library that comes with an extra.

    Raises:
        StoreError: It is not installed; the hint says what to install.
    """
    try:
        return import_module(module)
    except ImportError as error:
        package = module.partition(".")[0]
        raise StoreError(
            f"{package} is not installed, which this store needs",
            hint=f"pip install 'modelops-git[{extra}]'",
        ) from error


@contextmanager
def spoken(subject: str, hint: str = "") -> Iterator[None]:
    """Turn whatever a library raises in the block into a StoreError about `subject`.

    Each file system has a library of its own below it, with errors of its own, from several more. Nothing of
    ours may fail in the block. A FileExistsError passes: it says that another was faster.

    Raises:
        StoreMissingError: For a FileNotFoundError.
    """
    try:
        yield
    except (StoreError, FileExistsError):
        raise
    except FileNotFoundError as error:
        raise StoreMissingError(f"nothing is stored under {printable(subject)}") from error
    except PermissionError as error:
        raise StoreError(f"{printable(subject)}: {_said(error)}", hint=_RIGHTS) from error
    except Exception as error:  # any, as said above
        raise StoreError(f"{printable(subject)}: {_said(error)}", hint=hint or _RIGHTS) from error


def changed(subject: str) -> StoreChangedError:
    """The error that an object is no longer the one that was begun with."""
    return StoreChangedError(
        f"{printable(subject)} was replaced or deleted while it was read",
        hint="Find out who writes to the store; nothing may be overwritten there.",
    )


def _said(error: Exception) -> str:
    """What a library says, in one line that is not too long."""
    said = printable(" ".join(str(error).split()).rstrip("."))[:_LONGEST]
    return said or type(error).__name__
