from modelops_git.core.routes import Hold
from stories import START, generation


def test_a_hold_that_serves_nothing_can_be_read_again():
    hold = Hold(id="h1", generation=generation("1.0.0"), serve=None, reason="errors", at=START, by="ana")
    assert Hold.from_bytes(hold.to_bytes()) == hold
