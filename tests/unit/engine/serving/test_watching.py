"""The thread that looks for new routes goes on, whatever goes wrong."""

from __future__ import annotations

from fakegateway import eventually
from modelops_git.engine.serving.watching import Watcher


class OddLive:
    """Breaks as nobody thought of, so many times."""

    def __init__(self, times):
        self.times, self.looked = times, 0

    def refresh(self):
        self.looked += 1
        if self.looked <= self.times:
            raise UnicodeError("odd")

    def serving(self):
        if self.looked <= self.times:
            raise RecursionError("deep")
        return {}

    def close(self):
        pass


def test_what_nobody_thought_of_is_told_once_and_tried_again(tmp_path):
    live, told = OddLive(3), []
    watcher = Watcher(live, [tmp_path], "me", told.append)
    watcher.start(0.001)
    try:
        assert eventually((tmp_path / "instances/me.json").exists)
    finally:
        watcher.stop()
    assert live.looked > 3
    assert sorted(event.said for event in told) == ["RecursionError: deep", "UnicodeError: odd"]
