"""When what has failed is tried again."""

from datetime import UTC, datetime, timedelta

from modelops_git.engine.retrying import FIRST, LONGEST, Retries

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def test_what_fails_is_left_alone_ever_longer_and_never_for_ever():
    retries = Retries()
    waits = [retries.failed("iris", NOW) - NOW for _ in range(1000)]
    assert FIRST * 0.8 <= waits[0] <= FIRST * 1.2
    assert waits[4] > waits[0]
    assert LONGEST * 0.8 <= waits[-1] <= LONGEST * 1.2


def test_waits_are_spread_so_that_processes_do_not_keep_step():
    assert len({Retries().failed("iris", NOW) for _ in range(20)}) > 1


def test_what_works_again_starts_anew():
    retries = Retries()
    for _ in range(5):
        retries.failed("iris", NOW)
    retries.worked("iris")
    assert retries.until("iris", NOW) is None
    assert retries.failed("iris", NOW) - NOW <= FIRST * 1.2


def test_it_is_left_alone_until_its_time_and_no_longer():
    retries = Retries()
    until = retries.failed("iris", NOW)
    assert retries.until("iris", NOW) == retries.next(NOW) == until
    assert retries.until("iris", until) is None
    assert retries.next(until) is None
    assert retries.until("other", NOW) is None


def test_some_are_tried_again_at_once():
    retries = Retries()
    for name in ("iris", "other"):
        retries.failed(name, NOW)
    retries.forget(lambda name: name == "iris")
    assert (retries.until("iris", NOW), retries.until("other", NOW) is None) == (None, False)
    assert retries.next(NOW + timedelta(hours=1)) is None
