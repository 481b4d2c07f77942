"""How much memory all transfers of a process may hold at once."""

from __future__ import annotations

import threading

MIB = 1 << 20


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

    def give_back(self, amount: int) -> None:
        """Return what was borrowed."""
        with self._changed:
            self._left += amount
            self._changed.notify_all()


class Buffers:
    """So many buffers of one size, which are used again: what is freed in pieces does not all come back.

    Args:
        count: How many there are at most; each is made when it is needed first.
        size: Bytes of each.
    """

    def __init__(self, count: int, size: int) -> None:
        self.size = size
        self._count = count
        self._free: list[bytearray] = []
        self._changed = threading.Condition()

    def take(self, patience: float = 0) -> bytearray | None:
        """A free buffer, with whatever was in it before; None where none gets free in so many seconds."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._free or self._count, patience):
                return None
            if self._free:
                return self._free.pop()
            self._count -= 1
        return bytearray(self.size)

    def give_back(self, buffer: bytearray) -> None:
        """Return a buffer that nobody uses any more."""
        with self._changed:
            self._free.append(buffer)
            self._changed.notify()


PART = 8 * MIB
READS = Buffers(5, PART)
"""Of all readers of this process. Nobody waits for long: who gets none reads a little at a time."""
WRITES = Budget(48 * MIB)
"""Of all writers of this process. Of their own, since a writer that waits may be the one whose reader, of
another store, holds the memory."""
