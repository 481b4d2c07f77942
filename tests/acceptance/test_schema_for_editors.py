"""`modelops schema --vscode`: what it writes, and that it never takes anything away."""

import json

import pytest

from installed import Registry

SETTINGS = ".vscode/settings.json"
MINE = '{\n  // how I like it\n  "editor.rulers": [110], // wide\n}\n'


def test_it_adds_to_the_settings_that_are_there_and_changes_nothing_the_second_time(registry):
    registry.write(SETTINGS, MINE)
    ran = registry.modelops("schema", "--vscode")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[:2] == [f"wrote {SETTINGS}", "kept  schemas/analysis.json"]
    text = (registry.path / SETTINGS).read_text()
    assert text.startswith('{\n  // how I like it\n  "editor.rulers": [110], // wide\n  "yaml.schemas": {\n')
    ran = registry.modelops("schema", "--vscode", "--format", "json")
    assert json.loads(ran.out)["written"] == []
    assert (registry.path / SETTINGS).read_text() == text


def test_it_writes_what_init_writes(registry):
    before = (registry.path / SETTINGS).read_text()
    (registry.path / SETTINGS).unlink()
    (registry.path / "schemas/model.json").write_text("{}")
    ran = registry.modelops("schema", "--vscode", "--format", "json")
    assert json.loads(ran.out)["written"] == [SETTINGS, "schemas/model.json"]
    assert (registry.path / SETTINGS).read_text() == before
    assert registry.git("status", "--porcelain") == ""


def test_settings_of_a_registry_in_a_folder_are_at_the_top_of_the_repository(repository):
    for name in ("a", "b"):
        inner = Registry(repository.path / name)
        inner.path.mkdir()
        ran = inner.modelops("init")
        assert ran.code == 0
    assert f"run   modelops schema --vscode, which adds the schemas to ../{SETTINGS}" in ran.out
    assert inner.modelops("schema", "--vscode").code == 0
    assert "run   " not in inner.modelops("init").out
    schemas = json.loads((repository.path / SETTINGS).read_text())["yaml.schemas"]
    assert schemas["./a/schemas/model.json"] == "/a/models/**/model.yaml"
    assert schemas["./b/schemas/model.json"] == "/b/models/**/model.yaml"


@pytest.mark.parametrize("broken", ['{"a": ', "[]", b"\xff", '{"yaml.schemas": 1}'])
def test_settings_that_cannot_be_read_stay_and_it_says_what_to_add(registry, broken):
    registry.write(SETTINGS, broken)
    (registry.path / "schemas/model.json").unlink()
    before = (registry.path / SETTINGS).read_bytes()
    ran = registry.modelops("schema", "--vscode")
    assert (ran.code, ran.out) == (2, "")
    assert '"yaml.schemas": {' in ran.err
    assert '"./schemas/model.json": "/models/**/model.yaml"' in ran.err
    assert (registry.path / SETTINGS).read_bytes() == before
    assert not (registry.path / "schemas/model.json").exists()


def test_nothing_is_written_through_a_link_out_of_the_repository(registry, tmp_path):
    (registry.path / SETTINGS).unlink()
    (registry.path / ".vscode").rmdir()
    (tmp_path / "elsewhere").mkdir()
    (registry.path / ".vscode").symlink_to(tmp_path / "elsewhere")
    assert registry.modelops("schema", "--vscode").code == 1
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_settings_that_are_a_link_are_neither_read_nor_replaced(registry):
    (registry.path / SETTINGS).unlink()
    (registry.path / SETTINGS).symlink_to("/dev/zero")
    ran = registry.modelops("schema", "--vscode")
    assert ran.code == 2
    assert "it is a link" in ran.err
    assert (registry.path / SETTINGS).is_symlink()


def test_it_takes_no_kind(registry):
    assert registry.modelops("schema", "Model", "--vscode").code == 2
