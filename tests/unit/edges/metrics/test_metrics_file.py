import os

import pytest

from measuring import metric, question
from modelops_git.core.errors import MetricsError
from modelops_git.core.manifests.provider import FileProvider
from modelops_git.edges.metrics.file import open_provider

ASKED = question(metric(failure_condition="candidate > 0.5", query="/${version}"), 5)


def provider(root, uri="file:metrics.json"):
    return open_provider(FileProvider(type="file", uri=uri), root)


def test_an_address_is_relative_to_the_registry(tmp_path):
    (tmp_path / "live").mkdir()
    (tmp_path / "live" / "a b.json").write_text('{"1.1.0": 0.1}')
    (found,) = provider(tmp_path, "file:live/a%20b.json").measure(ASKED)
    assert found.candidate.value == 0.1


def test_it_is_read_once_for_all_questions(tmp_path):
    path = tmp_path / "metrics.json"
    path.write_text('{"1.1.0": 0.1}')
    opened = provider(tmp_path)
    opened.measure(ASKED)
    path.unlink()
    assert opened.measure(ASKED)[0].candidate.value == 0.1


@pytest.mark.parametrize(
    ("uri", "message"),
    [
        ("s3://bucket/metrics.json", "metrics cannot be read from s3://bucket/metrics.json"),
        ("file://host/metrics.json", "names a host"),
        ("file:a%zz", "starts no escape"),
    ],
)
def test_an_address_that_names_no_local_file_is_refused(tmp_path, uri, message):
    with pytest.raises(MetricsError, match=message):
        provider(tmp_path, uri)


def test_a_file_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(MetricsError, match=r"metrics\.json: No such file") as told:
        provider(tmp_path).measure(ASKED)
    assert told.value.hint == "Check `uri` of the provider, and what writes the file."


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo])
def test_what_is_no_plain_file_is_an_error_at_once(tmp_path, make):
    make(tmp_path / "metrics.json")
    with pytest.raises(MetricsError, match=r"no plain file|Is a directory"):
        provider(tmp_path).measure(ASKED)
