"""What a target serves already is taken into the journal, and left alone."""

from __future__ import annotations


def lost_journal(live):
    """The journal of production begins anew, and only the gateway knows that it serves 1.0.0."""
    live.git("push", "--quiet", "origin", "--delete", "modelops/shop/journal/production")
    fresh = live.new_clone("fresh")
    live.modelops("journal", "create", "production", cwd=fresh)
    return fresh


def test_what_is_served_already_is_adopted_once_and_not_touched(live):
    before = live.table()
    fresh = lost_journal(live)
    done = live.modelops("adopt", "iris", "--env", "production", cwd=fresh)
    assert "adopted: production serves iris 1.0.0" in done.out
    assert live.table() == before
    again = live.modelops("adopt", "iris", "--env", "production", cwd=fresh, check=False)
    assert again.code == 1
    assert "knows iris already" in again.err
    nothing = live.modelops("adopt", "wine", "--env", "production", cwd=fresh, check=False)
    assert "serves nothing for wine" in nothing.err


def test_what_was_adopted_is_not_retired_before_it_was_wanted_and_goes_on_like_any_other(live):
    fresh = lost_journal(live)
    live.modelops("adopt", "iris", "--env", "production", cwd=fresh)
    live.want("")
    live.merge("Nothing is wanted")
    live.modelops("apply", cwd=fresh)
    assert live.live() == "1.0.0"
    live.want("1.1.0")
    live.merge("Now it is")
    live.modelops("apply", cwd=fresh)
    assert live.live() == "1.1.0"
    assert live.modelops("audit", "verify", "--env", "production", cwd=fresh).code == 0
