import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelops_git.core.jsonc import LONGEST, read, with_entries

ENTRIES = {"./a.json": "/a.yaml", "./b.json": "/b/**/*.yaml"}
OURS = """\
  "yaml.schemas": {
    "./a.json": "/a.yaml",
    "./b.json": "/b/**/*.yaml"
  }
}
"""


def changed(text):
    once = with_entries(text, "yaml.schemas", ENTRIES)
    assert with_entries(once, "yaml.schemas", ENTRIES) == once
    return once


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "{\n" + OURS),
        ("// mine\n", "// mine\n{\n" + OURS),
        ("{}\n", "{\n" + OURS),
        ('{\n  "x": 1\n}\n', '{\n  "x": 1,\n' + OURS),
        ('{\n  "x": 1 // why\n}\n', '{\n  "x": 1, // why\n' + OURS),
        ('{\n  "x": 1, // why\n}\n', '{\n  "x": 1, // why\n' + OURS),
        ('{\n  "x": 1\n  /* the end */\n}\n', '{\n  "x": 1,\n  /* the end */\n' + OURS),
        (
            '{\n  // "yaml.schemas": {},\n  "x": "//,}"\n}\n',
            '{\n  // "yaml.schemas": {},\n  "x": "//,}",\n' + OURS,
        ),
        ('{"x": 1}', '{"x": 1,\n' + OURS.rstrip("\n")),
    ],
)
def test_where_there_are_no_schemas_they_are_put_at_the_end(before, after):
    assert changed(before) == after


def test_schemas_that_are_there_stay_with_their_comments():
    before = '{\n\t"yaml.schemas": {\n\t\t"x.json": ["*.x"], // mine\n\t},\n\t"y": [1, 2,],\n}\n'
    assert changed(before) == (
        '{\n\t"yaml.schemas": {\n\t\t"x.json": ["*.x"], // mine\n'
        '\t\t"./a.json": "/a.yaml",\n\t\t"./b.json": "/b/**/*.yaml"\n\t},\n\t"y": [1, 2,],\n}\n'
    )


def test_a_file_that_a_schema_was_for_before_stays():
    before = '{"yaml.schemas": {"./a.json": "/old.yaml", "./b.json": ["/c.yaml" /* c */]}}'
    after = changed(before)
    assert read(after) == {
        "yaml.schemas": {"./a.json": ["/old.yaml", "/a.yaml"], "./b.json": ["/c.yaml", "/b/**/*.yaml"]}
    }
    assert "/* c */" in after


def test_lines_end_as_they_do_in_the_rest_of_the_file():
    after = changed('\ufeff{\r\n    "x": {}\r\n}\r\n')
    assert after.count("\n") == after.count("\r\n") == 7
    assert '\r\n    "yaml.schemas": {\r\n      "./a.json"' in after


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "1",
        '{"yaml.schemas": []}',
        '{"yaml.schemas": null}',
        '{"x": 1',
        '{"x" 1}',
        "{'x': 1}",
        '{"x": 1} /* open',
        '{"x": 1} {}',
        '{"x": "open}',
        "{,}",
        "[" * 100_000,
        '{"x":' * 100_000,
        " " * (LONGEST + 1),
        '"\\' * 100_000,
        "/*" * 100_000,
    ],
)
def test_what_is_no_such_object_is_refused(text):
    with pytest.raises(ValueError):
        with_entries(text, "yaml.schemas", ENTRIES)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), VALUES, max_size=4), st.sampled_from([None, 1, "\t"]), st.booleans())
def test_all_other_settings_stay_whatever_they_are(settings, indent, escaped):
    known = {key: value for key, value in settings.items() if key != "yaml.schemas"}
    text = json.dumps(known, indent=indent, ensure_ascii=escaped)
    assert read(changed(text)) == {**known, "yaml.schemas": ENTRIES}
