"""A command on a terminal of its own, with somebody who types and reads."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import subprocess
import termios
import time

import pyte

from installed import COMMAND, WHO

PATIENCE = 60
COLUMNS, LINES = 110, 60


def _take_terminal():
    """Make stdin the terminal whose Ctrl-C reaches this process."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


class Screen:
    """`modelops` with `words` in `folder`, on a terminal."""

    def __init__(self, folder, *words, **environment):
        self._master, slave = pty.openpty()
        termios.tcsetwinsize(self._master, (LINES, COLUMNS))
        plain = {name: value for name, value in os.environ.items() if name not in {"CI", "NO_COLOR"}}
        self._process = subprocess.Popen(
            [COMMAND, *map(str, words)],
            cwd=folder,
            env={**plain, **WHO, "TERM": "xterm", **environment},
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            preexec_fn=_take_terminal,  # noqa: PLW1509 - no thread runs here
        )
        os.close(slave)
        self._screen = pyte.Screen(COLUMNS, LINES)
        self._stream = pyte.ByteStream(self._screen)
        self._ahead = ""

    @property
    def text(self):
        """What is seen, without empty lines at the end."""
        return "\n".join(line.rstrip() for line in self._screen.display).rstrip()

    def until(self, text):
        """Read until `text` is printed, behind all that was waited for before."""
        until = time.monotonic() + PATIENCE
        while text not in self._ahead:
            assert self._read(until - time.monotonic()), f"never saw {text!r}:\n{self.text}"
        self._ahead = self._ahead.partition(text)[2]
        return self

    def type(self, text):
        os.write(self._master, text.encode() if isinstance(text, str) else text)
        return self

    def answer(self, question, text):
        """Wait for a question, and answer it."""
        return self.until(question).type(f"{text}\n")

    def interrupt(self):
        """Press Ctrl-C until it ends: what is typed just when a line editor starts is thrown away."""
        until = time.monotonic() + PATIENCE
        while self._process.poll() is None and time.monotonic() < until:
            self.type("\x03")
            time.sleep(0.5)
        return self.end()

    def end(self):
        """The exit code, once all is read."""
        until = time.monotonic() + PATIENCE
        while self._read(until - time.monotonic()):
            pass
        os.close(self._master)
        return self._process.wait(PATIENCE)

    def stop(self):
        """End what still runs."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(PATIENCE)

    def _read(self, seconds):
        ready, _, _ = select.select([self._master], [], [], max(seconds, 0))
        if not ready:
            return False
        try:
            data = os.read(self._master, 65_536)
        except OSError:  # Linux's way to say that nobody has the other side open any more
            return False
        self._stream.feed(data)
        self._ahead += data.decode("utf-8", "replace")
        return bool(data)
