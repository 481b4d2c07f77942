"""What a server was asked for is refused before anybody is served, where it cannot be done."""

from __future__ import annotations

import pytest

from modelops_git.core.errors import ModelopsError, UsageError
from modelops_git.faces.gateway import running
from modelops_git.faces.gateway.running import serve
from modelops_git.faces.gateway.settings import Logging, Settings


def test_keys_are_not_logged_plainly_where_their_secret_is_missing(tmp_path, monkeypatch):
    monkeypatch.setenv("EMPTY", "")
    for variable in ("EMPTY", "ABSENT"):
        logging = Logging(root=str(tmp_path / "logs"), key_secret_env=variable)
        with pytest.raises(UsageError, match=f"{variable} is not set"):
            serve(Settings(str(tmp_path), "production", port=0, logging=logging))


def test_workers_are_not_started_where_there_is_nothing_to_serve(tmp_path, monkeypatch):
    monkeypatch.setattr(running, "_run_workers", lambda *_: pytest.fail("they were started"))
    with pytest.raises(ModelopsError):
        serve(Settings(str(tmp_path), "production", port=0, workers=2))


def test_a_worker_that_cannot_start_says_why_in_a_line(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv(running.VARIABLE, Settings(str(tmp_path), "production", log_format="json").to_json())
    monkeypatch.setattr(running, "RESTART_SECONDS", 0)
    with pytest.raises(SystemExit):
        running.application_of_worker()
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "a worker cannot start" in said
