"""Documents with measurements are hostile: whatever they hold, there are points, or a sentence."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from measuring import NEW, OLD, metric, minute, question, written
from modelops_git.core.errors import MetricsError
from modelops_git.edges.metrics.document import answers

KEYS = st.sampled_from([NEW, OLD, "at", "errors", "requests", "0"])
LEAVES = (
    st.none()
    | st.booleans()
    | st.floats()
    | st.integers()
    | st.text(max_size=5)
    | st.sampled_from([written(-1), written(3), written(5)])
)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner), max_leaves=8
)
ASKED = st.sampled_from(
    [
        question(metric(failure_condition="candidate > 0.5"), 3, 5),
        question(metric(failure_condition="candidate > 0.5", query="/at", samples_query="/${digest}"), 5),
        question(
            metric(
                ratio={"of": "/${digest}/errors", "over": "/${digest}/requests"}, test={"worse_when": "lower"}
            ),
            5,
        ),
    ]
)


@given(VALUES.map(lambda value: json.dumps(value).encode()) | st.binary(max_size=40), ASKED)
@settings(max_examples=150, deadline=None)
def test_there_are_points_of_what_was_asked_or_a_sentence(data, asked):
    try:
        points = answers(data, "metrics.json", asked)
    except MetricsError as error:
        points, told = (), error.message
    else:
        told = ""
    assert told.isprintable()
    assert bool(told) != bool(points)
    assert told or points[-1].at == minute(5)
    assert {one.at for one in points} <= set(asked.instants)
    for one in points:
        assert one.error.isprintable()
        assert one.error or not one.candidate.problem or one.candidate.value is None
