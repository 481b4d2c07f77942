from __future__ import annotations

from modelops_git.faces.watching import run


def test_the_same_announcement_is_logged_again_only_after_a_while(monkeypatch):
    logged, now = [], [100.0]
    monkeypatch.setattr(run.logs, "log", lambda event, text: logged.append((event, text)))
    monkeypatch.setattr(run.time, "monotonic", lambda: now[0])
    announce = run._Announcer()
    for text in ("a", "a", "b"):
        now[0] += 1
        announce(text)
    assert logged == [("note", "a"), ("note", "b")]
    now[0] += run.QUIET_SECONDS
    announce("a")
    assert logged[2:] == [("note", "a")]
