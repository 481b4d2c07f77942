from pathlib import Path

import pytest

from modelops_git.engine.editors import editor_schemas, settings_home


def test_every_schema_is_named_with_its_files_below_the_registry():
    schemas = editor_schemas("ml/")
    assert schemas["./ml/schemas/model-version.json"] == "/ml/models/**/versions/*.yaml"
    assert len(schemas) == 7
    assert editor_schemas()["./schemas/registry.json"] == "/modelops.yaml"


def test_a_pattern_has_stars_for_characters_that_addresses_write_otherwise():
    schemas = editor_schemas("ml team@x.y/")
    assert schemas["./ml team@x.y/schemas/model.json"] == "/ml*team*x.y/models/**/model.yaml"


@pytest.mark.parametrize(
    ("prefix", "home"),
    [("", ("/top", "")), ("a/b c/", ("/top", "a/b c/")), ("r&d/", ("/top/r&d", "")), ("ü/", ("/top/ü", ""))],
)
def test_settings_are_at_the_top_unless_a_folder_there_could_not_be_named(prefix, home):
    assert settings_home(Path("/top"), prefix) == (Path(home[0]), home[1])
