from __future__ import annotations

import threading

from modelops_git.edges.stores.s3.budget import Budget, Buffers


def waiting(budget, amount, got):
    thread = threading.Thread(target=lambda: got.append(budget.borrow(amount)))
    thread.start()
    thread.join(0.2)
    return thread


def test_who_waits_goes_on_when_enough_is_back():
    budget, got = Budget(10), []
    assert budget.borrow(8) == 8
    thread = waiting(budget, 5, got)
    assert got == []
    budget.give_back(2)
    thread.join(0.2)
    assert got == []
    budget.give_back(6)
    thread.join(30)
    assert got == [5]


def test_who_wants_more_than_all_gets_all_and_alone():
    budget, got = Budget(10), []
    assert budget.borrow(50) == 10
    thread = waiting(budget, 1, got)
    assert got == []
    budget.give_back(10)
    thread.join(30)
    assert got == [1]


def test_there_are_so_many_buffers_and_no_more():
    buffers = Buffers(2, 100)
    first, second = buffers.take(), buffers.take()
    assert (len(first), len(second)) == (100, 100)
    assert buffers.take() is None
    buffers.give_back(first)
    assert buffers.take() is first
    assert buffers.take() is None


def test_who_waits_for_a_buffer_gets_the_next_one_that_is_free_or_none_after_a_while():
    buffers, got = Buffers(1, 10), []
    only = buffers.take()
    assert buffers.take(0.05) is None
    thread = threading.Thread(target=lambda: got.append(buffers.take(30)))
    thread.start()
    buffers.give_back(only)
    thread.join(30)
    assert got[0] is only
