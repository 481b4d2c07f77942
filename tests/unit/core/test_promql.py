import pytest

from modelops_git.core.promql import flaw


@pytest.mark.parametrize(
    "query",
    [
        'sum(increase(x_total{digest="${digest}",status!~"5.."}[${since_step}])) or vector(0)',
        'x{a=\'}\', b=~`)`, c!="\\"("}',
        'x # a comment with ( and "\n > 1',
        "a == b and a != b and a =~ b",
        'x{digest = # the new one\n "${digest}"}',
        '{"metric.name", "label.name"="v", }',
        "${model}_total offset 5m @ 1609746000 - -1.5e3 / on(x) group_left() y",
        'label_replace(x, "a", "$1", "b", "(.*)")',
        "[1, x]",
        'x{a="${\'}"}',
        "",
    ],
)
def test_what_may_be_right_has_no_flaw(query):
    assert flaw(query) is None


@pytest.mark.parametrize(
    ("query", "what"),
    [
        ("sum(rate(x[5m])", "has a `(` that is not closed"),
        ("sum(x[5m)", "has a `)` that closes nothing"),
        ("sum(x))", "has a `)` that closes nothing"),
        ('x{a="b"', "has a `{` that is not closed"),
        ("sum(x) # )\n)", "has a `)` that closes nothing"),
        ("sum(x # )", "has a `(` that is not closed"),
        ('x{a="b}', "has a text that does not end"),
        ("x{a='b\n'}", "has a text that does not end"),
        ('x{a="b\\"}', "has a text that does not end"),
        ("x{digest=${digest}}", "has the value of a label without quotes"),
        ('x{a="b", digest =~ ${digest}}', "has the value of a label without quotes"),
        ("x{a=}", "has the value of a label without quotes"),
    ],
)
def test_what_cannot_be_right_is_told(query, what):
    found = flaw(query)
    assert found is not None
    assert found.what == what
    assert found.hint


def test_a_long_query_is_judged_too():
    assert flaw("(" * 200_000 + '"' * 199_999) is not None
    assert flaw("`" + "a#'\"" * 100_000) is not None
