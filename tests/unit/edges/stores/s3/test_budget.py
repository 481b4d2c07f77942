from __future__ import annotations

import threading

from modelops_git.edges.stores.s3.budget import Budget


def test_what_is_lent_is_not_lent_again_before_it_is_back():
    budget = Budget(10)
    assert budget.borrow_now(6) == 6
    assert budget.borrow_now(6) == 0
    assert budget.borrow_now(4) == 4
    budget.give_back(6)
    assert budget.borrow_now(6) == 6


def test_who_waits_goes_on_when_enough_is_back():
    budget = Budget(10)
    budget.borrow(8)
    got = []
    thread = threading.Thread(target=lambda: got.append(budget.borrow(5)))
    thread.start()
    thread.join(0.2)
    assert got == []
    budget.give_back(2)
    thread.join(0.2)
    assert got == []
    budget.give_back(6)
    thread.join(30)
    assert got == [5]


def test_who_wants_more_than_all_gets_all_and_alone():
    budget = Budget(10)
    assert budget.borrow(50) == 10
    assert budget.borrow_now(1) == 0
    assert budget.borrow_now(50) == 0
    budget.give_back(10)
    assert budget.borrow_now(1) == 1
