from concurrent.futures import CancelledError

import pytest

from modelops_git.faces.cli import progress
from modelops_git.faces.cli.progress import Progress


def work(*, shown):
    with Progress("hashing", 10, shown=shown) as bar:
        bar.advance(4)
        bar.advance(6)


def test_quick_work_draws_nothing(capsys):
    work(shown=True)
    assert capsys.readouterr() == ("", "")


def test_longer_work_draws_a_bar_on_stderr(capsys, monkeypatch):
    monkeypatch.setattr(progress, "PATIENCE", -1.0)
    work(shown=True)
    out, err = capsys.readouterr()
    assert out == ""
    assert "hashing" in err


def test_nothing_is_drawn_where_nobody_looks(capsys, monkeypatch):
    monkeypatch.setattr(progress, "PATIENCE", -1.0)
    work(shown=False)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("shown", [True, False])
def test_workers_stop_where_the_work_was_given_up(shown):
    bar = Progress("hashing", 10, shown=shown)
    with pytest.raises(KeyboardInterrupt), bar:
        raise KeyboardInterrupt
    with pytest.raises(CancelledError):
        bar.advance(1)
