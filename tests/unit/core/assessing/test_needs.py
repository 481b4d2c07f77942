import pytest

from measuring import analysis, metric
from modelops_git.core.assessing.needs import needing_both, needs_both
from modelops_git.core.policies.faults import ExpressionError


@pytest.mark.parametrize(
    ("fields", "needed"),
    [
        ({"test": {"worse_when": "higher"}}, True),
        ({"failure_condition": "candidate > 2.0 * stable"}, True),
        ({"failure_condition": "candidate > 1.0", "success_condition": "stable > candidate"}, True),
        ({"failure_condition": "candidate > 1.0 && samples > 5.0"}, False),
    ],
)
def test_what_compares_needs_the_stable_version(fields, needed):
    assert needs_both(metric(**fields)) is needed


def test_the_metrics_that_need_it_are_named():
    asked = [
        analysis(metric(name="alone", failure_condition="candidate > 1.0")),
        analysis(metric(name="rate", test={"worse_when": "lower"}), name="answers"),
    ]
    assert needing_both(asked) == ("answers/rate",)


def test_a_condition_that_means_nothing_has_no_needs():
    with pytest.raises(ExpressionError):
        needs_both(metric(failure_condition="candidte > 1.0"))
