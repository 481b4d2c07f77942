from __future__ import annotations

import pytest

import markdowns
from changes import canary, change, finding, need
from modelops_git.core.findings import Severity
from modelops_git.engine.reviewed_change import State
from modelops_git.faces.reporting.markdown.comment import comment, marker
from modelops_git.faces.reporting.markdown.layout import LIMIT


def well_formed(text):
    assert len(text.encode()) < LIMIT
    for page in markdowns.pages(text):
        assert page.links == []
        assert page.references == []
        assert all(len(set(rows)) == 1 for rows in page.tables)
    return text


@pytest.mark.parametrize(
    ("said", "state", "headline"),
    [
        (change(), State.READY, "✅ Nothing that is live changes"),
        (change(canary(1)), State.READY, "✅ Nothing is in the way"),
        (change(needs=[need()]), State.WAITING, "⏳ Waits for 1 approval"),
        (change(needs=[need(wanted=3, given=("github:x",))]), State.WAITING, "⏳ Waits for 2 approvals"),
        (change(needs=[need(("github:lea",))]), State.READY, "✅ Nothing that is live changes"),
        (change(findings=[finding("MOG603")], needs=[need()]), State.WAITING, "⏳ Waits for 1 approval"),
        (change(problems=["The forge is away."], needs=[need()]), State.UNCHECKED, "❔ Not all of it could"),
        (change(findings=[finding()], problems=["x"]), State.REFUSED, "⛔ Refused: 1 error"),
        (change(wrong=["iris 1.0.0"]), State.REFUSED, "⛔ Refused: 1 error"),
        (
            change(findings=[finding(severity=Severity.WARNING)]),
            State.READY,
            "✅ Nothing that is live changes",
        ),
    ],
)
def test_the_headline_is_the_verdict(said, state, headline):
    assert said.state is state
    assert well_formed(comment(said)).startswith(f"{marker('acme')}\n## {headline}")


def test_ten_thousand_promotions_are_one_comment_with_one_chart():
    text = well_formed(
        comment(change(*map(canary, range(10_000)), needs=[need(model=f"m{n}") for n in range(10_000)]))
    )
    assert "Once merged, 10,000 models in 1 environment: 10,000 × promote." in text
    assert text.count("```mermaid") == 1
    assert "10 % to the new version" in text
    assert "and 9,960 more" in text
    assert "<code>model-2</code> in <code>production</code> and 9,997 more models" in text


def test_each_distinct_course_has_its_chart_until_there_is_no_room():
    few = well_formed(comment(change(*(canary(n, n % 12 + 1) for n in range(300)))))
    assert few.count("```mermaid") == 12
    text = well_formed(comment(change(*(canary(n, n % 99 + 1) for n in range(300)))))
    assert text.count("```mermaid") == 0
    assert "_Left out, so that this is no longer than a comment may be: " in text
    assert text.rstrip().endswith("`modelops comment --format json` tells all of it._")
    assert "Plan `sha256:" in text


def test_ten_thousand_findings_are_counted_and_the_errors_come_first():
    warnings = [finding(message=f"Odd {n}.", severity=Severity.WARNING) for n in range(10_000)]
    text = well_formed(comment(change(findings=[*warnings, finding(message="This is wrong.")])))
    assert text.index("This is wrong.") < text.index("Odd 0.")
    assert "and 9,941 more findings; `modelops validate` tells them." in text


def test_a_hint_of_a_megabyte_leaves_room_for_the_rest():
    text = well_formed(comment(change(canary(1), findings=[finding(hint="@a `|" * 250_000)] * 40)))
    assert "Plan `sha256:" in text


def test_people_are_named_and_not_called():
    text = well_formed(comment(change(needs=[need()])))
    assert (
        "| promote in `production`: `iris` | ⏳ **1 more** of 1 | `leads` (rule 1) | – | `github:lea` |"
        in text
    )


def test_a_marker_holds_nothing_else():
    assert marker("acme --> <b>") == "<!-- modelops-git: acme--b -->"
