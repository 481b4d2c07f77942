"""The forms in which other programs take findings: one module each, and the one table that names them.

A form is a pure function from a `Report` to the text that goes to stdout. It never decides about the exit
code. Paths in a report begin at the top of the *repository*, which is what annotations are matched by; the
registry may be a folder of it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from modelops_git.core.findings import Severity
from modelops_git.core.places import REGISTRY_FILE
from modelops_git.faces.reporting.text import NoSources

if TYPE_CHECKING:
    from collections.abc import Callable

    from modelops_git.core.checks.run import Result
    from modelops_git.faces.reporting.text import Sources

FORMS = {
    "github": "modelops_git.faces.reporting.github",
    "gitlab": "modelops_git.faces.reporting.gitlab",
    "sarif": "modelops_git.faces.reporting.sarif",
    "junit": "modelops_git.faces.reporting.junit",
}
"""Form to module; each has a function `render`."""


class Report(NamedTuple):
    """What a form is made of.

    Attributes:
        result: What came of the checks.
        prefix: The registry's folder in the repository, with `/` at the end; empty for its top.
        sources: The texts that were checked.
        fail_on: The least severity that fails.
    """

    result: Result
    prefix: str = ""
    sources: Sources = NoSources()
    fail_on: Severity = Severity.ERROR

    def path(self, path: str) -> str:
        """A path of the registry from the top of the repository; that of modelops.yaml for the whole."""
        return self.prefix + (path or REGISTRY_FILE)

    def fails(self, severity: Severity) -> bool:
        """Whether a finding of this severity fails."""
        return severity is Severity.ERROR or self.fail_on is Severity.WARNING


def rendered(form: str, report: Report) -> str:
    """`report` in one of `FORMS`, with a line feed at the end.

    Raises:
        KeyError: There is no such form.
    """
    render: Callable[[Report], str] = import_module(FORMS[form]).render
    return render(report)
