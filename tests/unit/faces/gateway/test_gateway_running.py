"""What a server was asked for is refused before anybody is served, where it cannot be done."""

from __future__ import annotations

import pytest

from modelops_git.core.errors import UsageError
from modelops_git.faces.gateway.running import serve
from modelops_git.faces.gateway.settings import Logging, Settings


def test_keys_are_not_logged_plainly_where_their_secret_is_missing(tmp_path, monkeypatch):
    monkeypatch.setenv("EMPTY", "")
    for variable in ("EMPTY", "ABSENT"):
        logging = Logging(root=str(tmp_path / "logs"), key_secret_env=variable)
        with pytest.raises(UsageError, match=f"{variable} is not set"):
            serve(Settings(str(tmp_path), "production", port=0, logging=logging))
