"""What is read the short way, and what is left to the full reader."""

from __future__ import annotations

import pytest

from modelops_git.core.manifests.flow import UnusualError, read_flow
from modelops_git.core.manifests.ordinary import LONGEST, read_ordinary
from modelops_git.core.manifests.registry import Registry
from modelops_git.core.manifests.rollout import Rollout

HEAD = "api_version: modelops/v1\nkind: Rollout\nmodel: iris\nenvironment: production\nversion: 1.2.0\n"
REGISTRY = "api_version: modelops/v1\nkind: Registry\nname: acme\n"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("strategy: standard\n", "standard"),
        ("strategy: standard  # as always\n", "standard"),
        ('strategy: "standard"\n', "standard"),
        ("strategy: 'standard'\n", "standard"),
        ("strategy: {type: immediate}\n", {"type": "immediate"}),
        ("strategy:\n  type: immediate\n", {"type": "immediate"}),
        ("# first\n\nstrategy:\n\n  # inside\n  type: immediate\n", {"type": "immediate"}),
        (
            "strategy:\n  steps:\n  - weight: 5\n    for: 10m\n  - {weight: 20, for: 1h}\n  type: canary\n",
            {"steps": [{"weight": 5, "for": "10m"}, {"weight": 20, "for": "1h"}], "type": "canary"},
        ),
    ],
)
def test_ordinary_ways_to_write_a_value(text, value):
    assert read_ordinary(HEAD + text, Rollout)["strategy"] == value


@pytest.mark.parametrize(
    "text",
    [
        "strategy: &a standard\n",
        "strategy: !!str standard\n",
        "strategy: *a\n",
        'strategy: "stand\\u0061rd"\n',
        "strategy: |\n  standard\n",
        "strategy: stan\n  dard\n",
        "strategy: standard\nstrategy: standard\n",
        "strategy: {type: immediate, type: immediate}\n",
        "strategy: {type:immediate}\n",
        "strategy:\n    type: canary\n  steps: []\n",
        "strategy:\n\ttype: immediate\n",
        "strategy: standard\r\n",
        "strategy: 012\n",
        "strategy: no\n",
        "strategy: [standard\n",
        "colour: red\n",
        "---\n",
        "strategy: a\u202eb\n",
        "strategy: " + "a" * LONGEST + "\n",
    ],
)
def test_the_rest_is_left_to_the_full_reader(text):
    assert read_ordinary(HEAD + text, Rollout) is None


def test_lists_may_stand_below_their_key_or_further_in():
    flat = read_ordinary(REGISTRY + "required_metadata:\n- training.data\n- evaluations\n", Registry)
    inner = read_ordinary(REGISTRY + "required_metadata:\n  - training.data\n  - evaluations\n", Registry)
    assert flat == inner
    assert flat["required_metadata"] == ["training.data", "evaluations"]


def test_a_choice_goes_by_its_tag_wherever_that_stands():
    text = "strategies:\n  careful:\n    steps:\n      - {weight: 5, for: 10m}\n    type: canary\n"
    assert read_ordinary(REGISTRY + text, Registry)["strategies"]["careful"]["type"] == "canary"


def test_what_is_known_is_bounded():
    for number in range(3000):
        text = f'groups:\n  g{number}: ["github:ana"]\n'
        assert read_ordinary(REGISTRY + text, Registry)["groups"] == {f"g{number}": ["github:ana"]}


@pytest.mark.parametrize(
    "text", ["[a", "{a}", "{a: }", "[a,]", "[a: b]", "[a]]", '"a" b', "[" * 9 + "]" * 9, "[,]"]
)
def test_flow_values_that_are_not_ordinary(text):
    with pytest.raises(UnusualError):
        read_flow(text)
