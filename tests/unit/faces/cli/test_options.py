import pytest

from modelops_git.faces.cli.options import asks_for_json


@pytest.mark.parametrize(
    ("words", "json"),
    [
        (["--format", "json", "list"], True),
        (["list", "--format=json"], True),
        (["list"], False),
        (["--format", "json", "list", "--format", "text"], False),
        (["--format=text", "list", "--format=json"], True),
        (["list", "--", "--format=json"], False),
        (["no-such-command", "--format", "json"], True),
        (["--format"], False),
    ],
)
def test_the_format_is_read_off_the_words_wherever_it_stands(words, json):
    assert asks_for_json(words) is json
