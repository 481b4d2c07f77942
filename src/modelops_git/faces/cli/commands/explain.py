"""`modelops explain`: the page of a check."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from modelops_git.core.errors import UsageError
from modelops_git.faces.cli.answer import Answer
from modelops_git.faces.cli.options import takes_session

if TYPE_CHECKING:
    from modelops_git.core.checks.base import Check
    from modelops_git.faces.cli.session import Session

HEADER = ("CODE", "SLUG", "SEVERITY", "WHAT")


@click.command("explain")
@takes_session
@click.argument("code", required=False)
def command(_session: Session, code: str | None) -> Answer:
    """Explain a check: why it is there, what is wrong, what is right.

    CODE is a code such as MOG301 or a slug such as version-changed; without it, all checks are listed.
    """
    from modelops_git.core.checks import all_checks
    from modelops_git.faces.reporting.tables import table

    if code is not None:
        check = _found(code)
        return Answer({"check": _to_json(check)}, _lines(check))
    checks = sorted(all_checks(), key=lambda check: check.code)
    rows = [(check.code, check.slug, check.severity.value, check.summary) for check in checks]
    return Answer({"checks": [_to_json(check) for check in checks]}, table(HEADER, rows))


def _found(code: str) -> Check[Any]:
    """The check of that code or slug.

    Raises:
        UsageError: There is none.
    """
    from modelops_git.core.checks import all_checks
    from modelops_git.core.checks.base import did_you_mean

    checks = all_checks()
    known = {name: check for check in checks for name in (check.code, check.slug)}
    check = known.get(code) or known.get(code.upper()) or known.get(code.lower())
    if check is None:
        hint = did_you_mean(code, known, "checks")
        raise UsageError(f"there is no check {code!r}", hint=f"{hint} `modelops explain` lists all.")
    return check


def _to_json(check: Check[Any]) -> dict[str, Any]:
    return {
        "code": check.code,
        "slug": check.slug,
        "severity": check.severity.value,
        "scope": check.scope.value,
        "suppressible": check.suppressible,
        "page": check.page,
    }


def _lines(check: Check[Any]) -> list[Any]:
    from modelops_git.faces.reporting.lines import Span, Style

    switch = "can" if check.suppressible else "cannot"
    return [
        (
            Span(f"{check.code} {check.slug}", Style.STRONG),
            f" ({check.severity.value}; {switch} be suppressed)",
        ),
        "",
        *check.page.splitlines(),
    ]
