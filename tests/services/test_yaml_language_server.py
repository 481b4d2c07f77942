"""The schemas in an editor: the YAML language server of Red Hat, which VS Code and others use."""

import shutil
from pathlib import Path

import pytest

from editor import Editor
from installed import Registry

EXAMPLES = Path(__file__).parents[1] / "unit/core/manifests/examples"
VERSION = "models/iris-classifier/versions/1.2.0.yaml"


@pytest.fixture(scope="module")
def command(node, node_modules):
    """What starts the server."""
    return [node, node_modules / "yaml-language-server/bin/yaml-language-server", "--stdio"]


def registry_in(folder, prefix=""):
    """A repository with the registry of the examples in it."""
    top = Registry(folder)
    top.git("init", "--quiet", "--initial-branch=main")
    shutil.copytree(EXAMPLES, folder / prefix, dirs_exist_ok=True)
    assert Registry(folder / prefix).modelops("schema", "--vscode").code == 0
    return folder / prefix


@pytest.fixture(scope="module")
def registry(tmp_path_factory):
    return registry_in(tmp_path_factory.mktemp("registry"))


@pytest.fixture(scope="module")
def editor(command, registry):
    opened = Editor(command, registry)
    yield opened
    opened.close()


def line_of(text, part):
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)


def test_nothing_is_wrong_with_good_manifests_of_any_kind(editor, registry):
    paths = sorted(path for path in registry.rglob("*.yaml") if ".git" not in path.parts)
    assert len(paths) > 7
    assert {path.name: editor.problems(path) for path in paths} == {path.name: [] for path in paths}


def test_wrong_values_and_unknown_fields_are_marked_where_they_stand(editor, registry):
    good = (registry / VERSION).read_text()
    version = good.replace("version: 1.2.0", 'version: "1.2"').replace("role: model,", "role: modell,")
    problems = dict(editor.problems(registry / "models/x/versions/1.yaml", version + "colour: red\n"))
    assert "Write a semantic version, such as 1.2.0" in problems[line_of(version, 'version: "1.2"')]
    assert "Valid values" in problems[line_of(version, "role: modell")]
    assert problems[len(version.splitlines()) + 1] == "Property colour is not allowed."
    assert len(problems) == 3


def test_a_field_shows_its_title_meaning_and_an_example(editor, registry):
    editor.problems(registry / VERSION)
    line = line_of((registry / VERSION).read_text(), "created_at")
    shown = editor.hover(registry / VERSION, line, 3)
    assert "#### Created at\n" in shown
    assert "When it was made." in shown
    assert "2026-06-02T15:30:00Z" in shown


def test_fields_are_proposed_with_what_they_mean(editor, registry):
    path = registry / "models/x/versions/2.yaml"
    editor.problems(path, "api_version: modelops/v1\nkind: ModelVersion\n\n")
    found = editor.completions(path, 3, 1)
    assert {"model", "version", "summary", "artifacts", "interface"} <= set(found)
    text, said = found["summary"]
    assert text.startswith("summary:")
    assert "What is new, in a sentence." in said
    assert not [label for label, (text, _) in found.items() if "null" in text]


def test_values_are_proposed_where_only_some_are_right(editor, registry):
    path = registry / "models/x/model.yaml"
    editor.problems(path, "api_version: modelops/v1\nkind: Model\nrisk: \n")
    assert set(editor.completions(path, 3, 7)) == {"low", "medium", "high"}


@pytest.mark.parametrize("prefix", ["teams/ml team@x.y", "r&d"])
def test_a_registry_that_is_a_folder_of_its_repository_is_known_too(command, tmp_path, prefix):
    registry = registry_in(tmp_path, prefix)
    # A folder whose name the server takes for part of an address has settings of its own.
    opened = Editor(command, registry if "&" in prefix else tmp_path)
    try:
        assert opened.problems(registry / "models/x/model.yaml", "colour: red\n")
        assert opened.problems(tmp_path / "elsewhere/model.yaml", "colour: red\n") == []
    finally:
        opened.close()
