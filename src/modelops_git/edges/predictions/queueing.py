"""Records that wait to be written: a bounded queue whose writers never wait for long."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelops_git.edges.predictions.rules import LogRules


class Item(NamedTuple):
    """A record that waits.

    Attributes:
        table: The table that it belongs to.
        record: Its fields.
        size: About how long it is, in bytes.
    """

    table: str
    record: Mapping[str, Any]
    size: int


class Waiting:
    """The records that wait, up to a number and a length.

    Whoever finds no room waits once for it. While there is none after that, nobody waits: a disk that stands
    still must not slow down every request by the same patience again.
    """

    def __init__(self, rules: LogRules) -> None:
        self._rules = rules
        self._items: deque[Item] = deque()
        self._size = 0
        self._is_stuck = False
        self._lock = threading.Lock()
        self._has_room = threading.Condition(self._lock)
        self._wake = threading.Event()

    def put(self, item: Item) -> bool:
        """Let a record wait; False where there is no room for it."""
        with self._lock:
            if not self._fits(item) and not self._room_after_all(item):
                return False
            self._items.append(item)
            self._size += item.size
            if (
                len(self._items) * 2 > self._rules.waiting_records
                or self._size * 2 > self._rules.waiting_bytes
            ):
                self._wake.set()
            return True

    def take(self, most: int) -> list[Item]:
        """The records that have waited longest, up to `most`; at once, even if there are none."""
        with self._lock:
            taken = [self._items.popleft() for _ in range(min(most, len(self._items)))]
            self._size -= sum(item.size for item in taken)
            if taken:
                self._is_stuck = False
                self._has_room.notify_all()
            return taken

    def rest(self, seconds: float) -> None:
        """Wait until half of the room is taken, or somebody wakes, or so many seconds are over."""
        self._wake.wait(seconds)
        self._wake.clear()

    def wake(self) -> None:
        """End the rest of whoever writes."""
        self._wake.set()

    def __len__(self) -> int:
        return len(self._items)

    def _fits(self, item: Item) -> bool:
        if not self._items:
            return True  # one that is longer than all room would else never be written
        fits = self._size + item.size <= self._rules.waiting_bytes
        return fits and len(self._items) < self._rules.waiting_records

    def _room_after_all(self, item: Item) -> bool:
        if self._is_stuck:
            return False
        self._wake.set()
        self._is_stuck = not self._has_room.wait_for(lambda: self._fits(item), self._rules.patience)
        return not self._is_stuck
