"""The failures of the world, and of use. Mistakes in manifests are no exceptions but findings.

Every error says what is wrong in one sentence and, where it can, what to do (`hint`). Edges translate the
errors of their libraries into these; one place, `faces.cli.main`, catches them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelops_git.core.findings import Finding


class ModelopsError(Exception):
    """The root of all errors that this package raises on purpose.

    Attributes:
        message: What is wrong, in one sentence.
        hint: What to do about it; empty where nothing can be said.
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(ModelopsError):
    """The command was called in a way that makes no sense here."""


class RefusedError(ModelopsError):
    """The tool understood, and will not do it: the findings say why."""

    def __init__(self, message: str, *, hint: str = "", findings: Sequence[Finding] = ()) -> None:
        super().__init__(message, hint=hint)
        self.findings = tuple(findings)


class GitError(ModelopsError):
    """git failed, or the repository is not in a state that the question needs (shallow, no commit)."""


class StoreError(ModelopsError):
    """A store could not be read or written."""


class StoreConflictError(StoreError):
    """Other bytes are stored under this key already; nothing is ever overwritten."""


class SigningError(ModelopsError):
    """A signature could not be made or checked: a library, a key or a service is not there."""


class TargetError(ModelopsError):
    """A target could not be observed or changed."""


class TargetConflictError(TargetError):
    """The target is no longer in the state that the decision was based on."""


class MetricsError(ModelopsError):
    """A provider of metrics could not be asked, or its answer makes no sense."""


class ForgeError(ModelopsError):
    """A forge could not be asked, refused, or gave an answer that makes no sense."""


class JournalError(ModelopsError):
    """The journal is absent, unreachable or cannot be understood; never an empty history."""


class AnchorError(ModelopsError):
    """The notes of a journal's tips could not be read or added to."""


class LostRaceError(ModelopsError):
    """Others kept changing the same thing first; nothing was lost, and trying again is safe."""


class StalePlanError(ModelopsError):
    """What would happen now is not what was planned."""


class BrokenAuditError(ModelopsError):
    """The record is not whole: an entry was changed, dropped, inserted or reordered."""
