"""`modelops register` on a terminal: it asks for what is missing, and whether the number is right."""

from __future__ import annotations

import re

import pytest

from screen import Screen
from workshop import onnx_bytes

WORDS = ("register", "iris", "out/model.onnx")
NEW = ("--summary", "First.", "--description", "Names irises.", "--owner", "ml-engineers", "--risk", "low")


@pytest.fixture
def screen(registry):
    """Begins a command on a terminal; what still runs at the end is ended."""
    begun = []

    def begin(*words, **environment):
        begun.append(Screen(registry.path, *words, **environment))
        return begun[-1]

    registry.write("out/model.onnx", onnx_bytes())
    yield begin
    for one in begun:
        one.stop()


def written(registry):
    return registry.git("status", "--porcelain", "models")


def test_it_asks_for_each_field_that_is_missing_and_registers(registry, screen):
    shown = screen(*WORDS)
    shown.answer("What is new, in a sentence [The first version.]:", "")
    shown.answer("what does it do:", "Names irises.")
    shown.answer("Which group answers for it", "ml-engineers")
    shown.answer("How much harm can it do (low, medium, high):", "low")
    shown.until("Register it as 1.0.0? [Y/n]")
    assert "iris 1.0.0: the first version." in shown.text
    assert written(registry) == ""
    shown.type("\n")
    assert shown.end() == 0, shown.text
    assert "Registered iris 1.0.0" in shown.text
    text = (registry.path / "models/iris/versions/1.0.0.yaml").read_text()
    assert "summary: The first version." in text
    assert registry.modelops("validate").code == 0


def test_an_answer_that_is_wrong_is_told_at_once_and_asked_for_again(registry, screen):
    shown = screen(*WORDS, "--summary", "First.")
    shown.answer("what does it do:", "  ")
    shown.answer("what does it do:", "Names\x1birises.")
    shown.answer("what does it do:", "Names irises.")
    shown.answer("Which group answers for it", "nobody")
    shown.until("Which group answers for it")
    assert "the answer holds the hidden character" in shown.text
    assert "There is no group 'nobody'" in shown.text
    shown.type("ml-engineers\n")
    shown.answer("How much harm can it do (low, medium, high):", "huge")
    shown.answer("How much harm can it do (low, medium, high):", "high")
    shown.answer("[Y/n]", "maybe")
    shown.answer("[Y/n]", "y")
    assert shown.end() == 0, shown.text
    assert "risk: high" in (registry.path / "models/iris/model.yaml").read_text()


def test_what_the_registry_requires_is_asked_for(registry, screen):
    text = (registry.path / "modelops.yaml").read_text()
    required = "[training.data, training.hyperparameters, training.seed, framework, limitations, evaluations]"
    text = re.sub(r"^required_metadata:.*\n(?:  ?-.*\n)*", "", text, flags=re.MULTILINE)
    registry.write("modelops.yaml", f"{text}required_metadata: {required}\n")
    registry.write("out/data.csv", "1")
    shown = screen(*WORDS, *NEW)
    shown.answer("NAME=FILE:", "iris=none.csv")
    shown.answer("NAME=FILE:", "iris=out/data.csv")
    shown.answer("with spaces between:", "depth=3 lr=0.1")
    shown.answer("The seed of the random numbers:", "many")
    shown.answer("The seed of the random numbers:", "42")
    shown.answer("What it cannot do:", "It knows three species.")
    shown.answer("holdout:accuracy=0.97:", "accuracy")
    shown.answer("holdout:accuracy=0.97:", "holdout:accuracy=0.9")
    shown.answer("[Y/n]", "")
    assert shown.end() == 0, shown.text
    text = (registry.path / "models/iris/versions/1.0.0.yaml").read_text()
    for line in ("seed: 42", "depth: 3", "accuracy: 0.9", "- It knows three species.", "name: scikit-learn"):
        assert line in text


def test_ctrl_c_writes_nothing(registry, screen):
    shown = screen(*WORDS)
    assert shown.until("[The first version.]:").interrupt() == 130
    assert written(registry) == ""


def test_ctrl_d_lists_all_that_is_still_missing(registry, screen):
    shown = screen(*WORDS)
    shown.answer("[The first version.]:", "First.")
    shown.until("what does it do:").type("\x04")
    assert shown.end() == 1
    for name in ("`description`", "`owners`", "`risk`", "nothing was stored or written"):
        assert name in shown.text
    assert "`summary`" not in shown.text
    assert written(registry) == ""


@pytest.mark.parametrize("answer", ["n\n", "No\n", "\x04"])
def test_whoever_does_not_agree_registers_nothing(registry, screen, answer):
    shown = screen(*WORDS, *NEW)
    shown.until("[Y/n]").type(answer)
    assert shown.end() == 1
    assert "not registered, as you said" in shown.text
    assert written(registry) == ""


def test_what_no_answer_mends_is_told_without_a_question(registry, screen):
    registry.write("out/notes.txt", "text")
    shown = screen("register", "iris", "out/notes.txt", "--role", "notes.txt=other")
    assert shown.end() == 1
    assert "`interface` is missing" in shown.text
    assert "Something is missing." not in shown.text


@pytest.mark.parametrize(
    ("words", "environment"), [((), {"CI": "true"}), (("--yes",), {}), (("--format", "json"), {})]
)
def test_some_are_never_asked(registry, screen, words, environment):
    shown = screen(*WORDS, *words, **environment)
    assert shown.end() == 1
    assert "`summary` is missing" in shown.text
    assert written(registry) == ""
    assert screen(*WORDS, *NEW, *words, **environment).end() == 0
