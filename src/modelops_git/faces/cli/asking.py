"""Asks a person on a terminal for what is missing, and whether to go on; questions go to stderr."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from modelops_git.core.errors import RefusedError, UsageError
from modelops_git.core.places import Home
from modelops_git.faces.cli import streams
from modelops_git.faces.reporting.lines import Span, Style, render

if TYPE_CHECKING:
    from modelops_git.core.findings import Finding
    from modelops_git.edges.git.repository import Repository
    from modelops_git.engine.register import Draft, Gathered
    from modelops_git.engine.registering.asking import Question
    from modelops_git.engine.registering.looking import Looked
    from modelops_git.engine.registering.request import Request
    from modelops_git.faces.reporting.lines import Line

MAX_ANSWER = 10_000
BEGINNING = "Something is missing. Ctrl-D shows all of it; nothing is written before the end."


@dataclass(frozen=True, slots=True)
class Asker:
    """A person at a terminal, and what is asked.

    Attributes:
        repository: The registry's repository.
        looked: What the files of the version say.
        colour: Whether the terminal takes colours.
    """

    repository: Repository
    looked: Looked
    colour: bool = False

    def gathered(self, request: Request) -> Gathered:
        """What `gather` gives, once all that is missing was asked for.

        Raises:
            RefusedError: Something is wrong that no answer mends, or the person ended the input (Ctrl-D):
                the findings say all that is still missing.
            KeyboardInterrupt: The person gave up (Ctrl-C).
        """
        from modelops_git.engine.register import gather

        asked = False
        while True:
            try:
                return gather(self.repository, request, self.looked)
            except RefusedError as error:
                question = self._next(error.findings, request)
                if question is None:
                    raise
                if not asked:
                    self._say((BEGINNING,))
                asked = True
                answered = self._answered(question, request)
                if answered is None:
                    self._say(("",))
                    raise
                request = answered

    def _next(self, findings: tuple[Finding, ...], request: Request) -> Question | None:
        """The first question; None where there is nothing that answers could mend."""
        from modelops_git.core.catalog import Catalog
        from modelops_git.edges.git.reading import worktree_snapshot
        from modelops_git.engine.registering.asking import questions
        from modelops_git.engine.selection import registry_of

        catalog = Catalog(worktree_snapshot(self.repository))
        is_first = not catalog.holds(Home("Model", request.model).path)
        found = questions(findings, registry_of(catalog), is_first=is_first)
        return found[0] if found else None

    def _answered(self, question: Question, request: Request) -> Request | None:
        """The request with the answer, once there is one that passes; None where the input ended."""
        while (said := self._line(question.text, question.default)) is not None:
            said = said.strip() or question.default
            if not said:
                continue
            try:
                answered = self._taken(question, request, said)
            except UsageError as error:
                self._complain(error.message, error.hint)
                continue
            if answered is not None:
                return answered
        return None

    def _taken(self, question: Question, request: Request, said: str) -> Request | None:
        """The request with the answer; None where checks refuse it, which is told."""
        from modelops_git.engine.register import gather
        from modelops_git.engine.registering.words import refuse_hidden

        refuse_hidden([("the answer", said)])
        answered = question.answer(request, said)
        try:
            gather(self.repository, answered, self.looked)
        except RefusedError as error:
            wrong = [finding for finding in error.findings if question.is_about(finding)]
            for finding in wrong:
                self._complain(finding.message, finding.hint)
            return None if wrong else answered
        return answered

    def confirm(self, made: Draft) -> None:
        """Say which number the version gets and why, and go on if that is right.

        Raises:
            RefusedError: It is not.
        """
        numbered = made.numbered
        bump = f"{numbered.bump.upper()}, " if numbered.bump else ""
        self._say((f"{made.document.manifest.model} {numbered.version}: {bump}{numbered.why}.",))
        if not self._agrees(f"Register it as {numbered.version}?"):
            hint = "Another number is given with --version or --bump."
            raise RefusedError("not registered, as you said; nothing was stored or written", hint=hint)

    def _agrees(self, text: str) -> bool:
        """Whether the person says yes, which Enter stands for too; the end of the input is a no."""
        while (said := self._line(text, "Y/n")) is not None:
            if said.strip().lower() in {"", "y", "yes"}:
                return True
            if said.strip().lower() in {"n", "no"}:
                return False
        self._say(("",))
        return False

    def _line(self, text: str, default: str) -> str | None:
        """What is typed behind a question; None for the end of the input."""
        end = "" if text.endswith("?") else ":"
        shown = f" [{default}]" if default else ""
        line: Line = (Span(f"{text}{shown}{end} ", Style.STRONG),)
        streams.write(sys.stderr, render(line, colour=self.colour))
        data = sys.stdin.buffer.readline(MAX_ANSWER)
        if not data:
            return None
        return data.decode("utf-8", "surrogateescape").rstrip("\n")

    def _complain(self, message: str, hint: str) -> None:
        self._say((Span("  ", Style.BAD), Span(message, Style.BAD)))
        if hint:
            self._say((f"  -> {hint}",))

    def _say(self, line: Line) -> None:
        streams.write_lines(sys.stderr, [line], colour=self.colour)
