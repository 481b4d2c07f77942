"""How much memory all transfers of a process may hold at once."""

from __future__ import annotations

import threading

MIB = 1 << 20
MEMORY = 48 * MIB


class Budget:
    """So many bytes, lent to whoever asks first.

    Args:
        total: In bytes. One who wants more than all of it gets all of it, alone.
    """

    def __init__(self, total: int) -> None:
        self._total = self._left = total
        self._changed = threading.Condition()

    def borrow(self, amount: int) -> int:
        """Wait until `amount` bytes are free, and take them; how many were taken, to be given back."""
        wanted = min(amount, self._total)
        with self._changed:
            self._changed.wait_for(lambda: self._left >= wanted)
            self._left -= wanted
        return wanted

    def borrow_now(self, amount: int) -> int:
        """The same without waiting; 0 where they are not free."""
        with self._changed:
            if self._left < amount:
                return 0
            self._left -= amount
        return amount

    def give_back(self, amount: int) -> None:
        """Return what was borrowed."""
        with self._changed:
            self._left += amount
            self._changed.notify_all()


READS = Budget(MEMORY)
"""Of all readers of this process. They never wait for it: who gets none reads a little at a time."""
WRITES = Budget(MEMORY)
"""Of all writers of this process. One of its own, since a writer that waits may be the one whose reader, of
another store, holds the memory."""
