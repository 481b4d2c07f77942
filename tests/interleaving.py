"""Ticks that stand still before each of their calls, so that a test says who goes on, and how far."""

from __future__ import annotations

import threading
from contextlib import suppress

from modelops_git.core.errors import ModelopsError
from simulated import Fault, Killed


class Process:
    """One piece of work of an engine, in a thread of its own, of which only one ever runs.

    Attributes:
        at: The call that it stands before; None when it has ended.
        done: What the work gave back.
        error: What it ended with, where it failed as work may.
    """

    def __init__(self, engine, work):
        self.at = None
        self.done = None
        self.error = None
        self._broken = None
        self._fault = None
        self._engine = engine
        self._go = threading.Semaphore(0)
        self._still = threading.Semaphore(0)
        engine.gate = self._stand_still
        threading.Thread(target=self._run, args=(work,), daemon=True).start()
        self._still.acquire()

    def let_on(self, fault=None):
        """Make the call that it stands before, with a fault or without; the one that comes next."""
        assert self.at is not None
        self._fault = fault
        self._go.release()
        self._still.acquire()
        if self._broken is not None:
            raise self._broken
        return self.at

    def finish(self):
        """Let it run to its end."""
        while self.at is not None:
            self.let_on()
        return self.done

    def kill(self):
        """Kill it where it stands."""
        if self.at is not None:
            self.let_on(Fault.DIES_BEFORE)

    def _stand_still(self, name):
        self.at = name
        self._still.release()
        self._go.acquire()
        return self._fault

    def _run(self, work):
        try:
            with suppress(Killed):
                self.done = work()
        except ModelopsError as error:
            self.error = error
        except BaseException as error:  # noqa: BLE001 - raised again where the test is
            self._broken = error
        self.at = None
        self._engine.gate = lambda _: None
        self._still.release()
