"""Whatever an expression says, it holds, does not, or is refused with a sentence and a place in it."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from modelops_git.core.policies.faults import ExpressionError
from modelops_git.core.policies.language import compiled
from modelops_git.core.policies.values import of_no_version

VALUES = {
    **of_no_version("live"),
    "candidate.exists": True,
    "candidate.summary": "a" * 50_000,
    "candidate.size": 1.5,
    "candidate.authors": ["github:ana", "é"] * 20,
    "candidate.metrics": {"accuracy": 0.9, "": float(2**60)},
}
WORDS = st.sampled_from(
    [
        *("candidate.authors", "candidate.summary", "candidate.metrics", "candidate.size", "live.metrics"),
        *("candidate", "lvie.x", "x", "live.version", "candidate.metrics.accuracy", "has(live.metrics.x)"),
        *(
            ".all(x, ",
            ".exists(x, ",
            ".filter(x, ",
            ".map(x, ",
            ".size()",
            ".matches('(a+)+$')",
            "[0]",
            "['']",
        ),
        *(
            " + ",
            " == ",
            " > ",
            " && ",
            " || ",
            " in ",
            " ? ",
            " : ",
            "!",
            "-",
            "(",
            ")",
            "[",
            "]",
            "{",
            "}",
            ",",
        ),
        *(
            "1",
            "1.0",
            "1e999",
            "9" * 30,
            "'a'",
            "b'\\xff'",
            "''",
            "true",
            "null",
            "\n",
            "é",
            "\0",
            "timestamp('x')",
        ),
    ]
)


def refusal(text):
    try:
        compiled(text).holds(VALUES)
    except ExpressionError as error:
        return error
    return None


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.lists(WORDS, max_size=14).map("".join), st.text(max_size=30)))
def test_an_expression_is_judged_or_refused(text):
    refused = refusal(text)
    if refused is not None:
        assert refused.message
        assert "\n" not in refused.message
        assert refused.offset is None or 0 <= refused.offset <= len(text)
