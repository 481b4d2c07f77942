import pytest

from measuring import metric, question
from modelops_git.core.errors import MetricsError
from modelops_git.core.manifests.provider import Auth, HttpProvider
from modelops_git.edges.metrics import web as transport
from modelops_git.edges.metrics.http import open_provider
from web import serving

ASKED = question(metric(failure_condition="candidate > 0.5", query="/${version}"), 5)


@pytest.fixture
def web():
    with serving(files={"m.json": b'{"1.1.0": 0.1}'}) as found:
        yield found


def provider(web, root, path="/m.json", **fields):
    return open_provider(HttpProvider(type="http", url=f"{web.url}{path}", **fields), root)


def message_of(opened):
    with pytest.raises(MetricsError) as told:
        opened.measure(ASKED)
    return told.value.message


def test_it_asks_once_for_all_questions_and_as_nobody(web, tmp_path):
    opened = provider(web, tmp_path)
    assert opened.measure(ASKED) == opened.measure(ASKED)
    assert web.asked == [("GET", "m.json", "")]
    assert web.logins == [""]


def test_a_token_comes_from_the_environment(web, tmp_path, monkeypatch):
    monkeypatch.setenv("METRICS_TOKEN", "hunter2\n")
    provider(web, tmp_path, auth=Auth(bearer_env="METRICS_TOKEN")).measure(ASKED)
    assert web.logins == ["Bearer hunter2"]


@pytest.mark.parametrize("value", ["", " ", "two\nlines", "ä"])
def test_a_token_that_is_none_is_an_error_that_does_not_show_it(web, tmp_path, monkeypatch, value):
    monkeypatch.setenv("METRICS_TOKEN", value)
    with pytest.raises(MetricsError) as told:
        provider(web, tmp_path, auth=Auth(bearer_env="METRICS_TOKEN"))
    assert told.value.message == "the environment variable METRICS_TOKEN has no token for http metrics"
    assert web.asked == []


def test_a_server_that_is_busy_is_asked_again(web, tmp_path):
    web.refusals = [503, 500]
    assert provider(web, tmp_path).measure(ASKED)[0].candidate.value == 0.1


@pytest.mark.parametrize(("refusals", "said"), [([503] * 9, "HTTP 503"), ([401], "HTTP 401")])
def test_a_server_that_refuses_is_an_error(web, tmp_path, refusals, said):
    web.refusals = list(refusals)
    assert said in message_of(provider(web, tmp_path))
    assert len(web.asked) <= 1 + transport.ATTEMPTS


def test_another_address_is_not_followed(web, tmp_path):
    web.refusals = [302]
    assert "answers with another address (HTTP 302), which is not followed" in message_of(
        provider(web, tmp_path)
    )


def test_what_is_too_large_is_not_read_whole(web, tmp_path):
    web.files["m.json"] = b'"' + b"x" * (20 << 20)
    assert "is larger than 8 MiB" in message_of(provider(web, tmp_path))


def test_a_compressed_answer_is_refused(web, tmp_path):
    web.headers["Content-Encoding"] = "gzip"
    assert "compresses what it sends" in message_of(provider(web, tmp_path))


def test_a_broken_answer_is_an_error(web, tmp_path):
    web.breaks_at = [3]
    assert "metrics" not in message_of(provider(web, tmp_path))


def test_who_drips_is_not_waited_for(web, tmp_path, monkeypatch):
    monkeypatch.setattr(transport, "WHOLE_SECONDS", -1)
    assert "was not read in" in message_of(provider(web, tmp_path))


def test_a_server_that_is_not_there_is_an_error_without_its_password(tmp_path, monkeypatch):
    monkeypatch.setattr(transport, "ATTEMPTS", 0)
    manifest = HttpProvider(type="http", url="http://me:hunter2@127.0.0.1:1/m.json?token=hunter2")
    message = message_of(open_provider(manifest, tmp_path))
    assert message.startswith("http://127.0.0.1:1/m.json: ")
    assert "refused" in message
    assert "hunter2" not in message
