"""The command line in this process: a story that is not about processes is told ten times as fast."""

from __future__ import annotations

import contextlib
import io
import json
import os
from dataclasses import dataclass
from unittest.mock import patch

from modelops_git.faces.cli.main import main
from shop import Shop


@dataclass
class Answered:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def data(self):
        return json.loads(self.out)


class Desk(Shop):
    """A shop whose commands run in this process."""

    def modelops(self, *args, cwd=None, check=True):
        out, err = io.StringIO(), io.StringIO()
        where = cwd or self.clone
        with (
            patch.dict(os.environ, self.env, clear=True),
            contextlib.chdir(where),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            code = main([str(word) for word in args])
        done = Answered(int(code), out.getvalue(), err.getvalue())
        assert not check or done.code == 0, done
        return done

    def json(self, *args, cwd=None):
        """The JSON that a command prints, whatever its exit code."""
        return self.modelops("--format", "json", *args, cwd=cwd, check=False).data
