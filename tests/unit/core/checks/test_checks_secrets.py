"""Secrets in a file: found where they are, bounded in number, and shown nowhere."""

from __future__ import annotations

from modelops_git.core.checks.base import MOST_DEFECTS
from modelops_git.core.checks.secrets import Secrets
from modelops_git.core.findings import Finding, Place, Severity


def quoting(text):
    return Finding(
        "MOG115", "bad-value", Severity.ERROR, f'`a` is "{text}".', Place("f.yaml", 1), f"Not {text}."
    )


def test_each_secret_has_its_line_and_column():
    found = list(
        Secrets().findings("f.yaml", "a: 1\n  password: hunter2-and-more\nb: 1\ntoken: x\npwd: hunter3-x\n")
    )
    assert [(one.place.line, one.place.column) for one in found] == [(2, 13), (5, 6)]


def test_of_very_many_secrets_the_first_are_told_and_none_is_quoted():
    secrets = Secrets()
    text = "".join(f"password: hunter2-{number}\n" for number in range(3000))
    found = list(secrets.findings("f.yaml", text))
    assert len(found) == MOST_DEFECTS + 1
    assert found[-1].severity is Severity.ERROR
    masked = secrets.masked(quoting("hunter2-2999"))
    assert "hunter2" not in masked.message + masked.hint


def test_a_message_that_was_cut_holds_no_beginning_of_a_secret():
    secrets = Secrets()
    list(secrets.findings("f.yaml", "password: hunter2-and-very-much-more\n"))
    masked = secrets.masked(quoting("hunter2-and-very…"))
    assert "hunter2" not in masked.message
    assert secrets.masked(quoting("nothing")) == quoting("nothing")
