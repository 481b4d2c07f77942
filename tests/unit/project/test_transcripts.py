"""What the reader of transcripts, by which the documentation is tested, takes and refuses."""

import os

import pytest

from transcripts import Reader

OLD, NEW = "a" * 40, "b" * 40


@pytest.fixture
def follow(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    reader = Reader(tmp_path, {"HOME": str(home), "PATH": os.environ["PATH"]})
    return lambda *lines: reader.follow("\n".join(["```console", *lines, "```"]))


@pytest.mark.parametrize(
    "lines",
    [
        ["$ echo one", "one", "", "$ echo two >&2", "two"],
        ["$ mkdir below", "$ cd below", "$ pwd", ".../below"],
        ["$ printf 'a\\nb\\nc\\n'", "a", "..."],
        ["$ echo one \\", ">   two", "one two"],
        ["$ false", "$ echo $?", "1"],
        [
            f"$ echo $(printf b%.0s $(seq 40)) # {NEW[:6]}",
            OLD,
            f"$ echo {OLD} {OLD[:12]}",
            f"{OLD} {OLD[:12]}",
        ],
        ["$ echo 2026-11-21T15:21:52Z", "2020-01-01T00:00:00Z"],
    ],
)
def test_what_is_printed_as_it_is_shown_passes(follow, lines):
    follow(*lines)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["$ echo one"], "+one"),
        ([f"$ echo {OLD} {'c' * 12}", f"{OLD} {OLD[:12]}"], "where the page shows"),
        (["$ echo one", "two"], "-two"),
        (["$ true", "one"], "-one"),
        (["$ false"], "exit code 1"),
        (["$ false", "$ echo 1", "1"], "exit code 1"),
        (["one", "$ echo one"], "begins with a command"),
        ([f"$ echo {OLD} {NEW}", f"{OLD} {OLD}"], "where the page shows"),
        ([f"$ echo {OLD} {OLD}", f"{OLD} {NEW}"], "where the page shows"),
        ([f"$ echo {OLD}", OLD, f"$ echo {OLD}", NEW], "where the page shows"),
        ([f"$ echo {OLD}", OLD, f"$ echo $(printf b%.0s $(seq 40)) # {NEW[:6]}", OLD], "+bbb"),
    ],
)
def test_what_is_not_printed_as_it_is_shown_is_refused(follow, lines, said):
    with pytest.raises(AssertionError) as caught:
        follow(*lines)
    assert said in str(caught.value)


def test_a_block_that_names_a_file_is_written_and_a_page_without_a_transcript_is_refused(tmp_path):
    reader = Reader(tmp_path, {"HOME": str(tmp_path), "PATH": os.environ["PATH"]})
    reader.follow("```python\n# hello.py\nprint('hello')\n```\n\n<!-- console\n$ cat hello.py\n...\n-->\n")
    assert (tmp_path / "hello.py").read_text() == "# hello.py\nprint('hello')\n"
    with pytest.raises(AssertionError):
        reader.follow("```sh\nmodelops\n```\n")
