"""Opening a file below a folder in one call of the kernel, which follows no link and does not climb out.

Linux has had it since 5.6 (openat2, man 2 openat2); Python does not offer it. Where it cannot be had, nothing
is lost but time: the caller walks down step by step.
"""

from __future__ import annotations

import ctypes
import os
import sys
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_OPENAT2 = 437  # the same number on all machines
_RESOLVE_NO_SYMLINKS = 0x04
_RESOLVE_BENEATH = 0x08


class _How(ctypes.Structure):
    """`struct open_how` of <linux/openat2.h>."""

    _fields_ = (("flags", ctypes.c_uint64), ("mode", ctypes.c_uint64), ("resolve", ctypes.c_uint64))


_SIZE = ctypes.sizeof(_How)


def open_beneath(folder: int, path: str, flags: int) -> int | None:
    """A descriptor of `path` below the open `folder`; None where the kernel gives none, for any reason."""
    call = _call()
    if call is None:
        return None
    descriptor = call(_OPENAT2, folder, os.fsencode(path), _how(flags), _SIZE)
    return descriptor if descriptor >= 0 else None


@cache
def _how(flags: int) -> Any:
    """A pointer to how a file is opened; the kernel only reads it, so that all threads share it."""
    return ctypes.byref(_How(flags, 0, _RESOLVE_NO_SYMLINKS | _RESOLVE_BENEATH))


@cache
def _call() -> Callable[..., int] | None:
    """`syscall` of the C library; None on systems other than Linux."""
    if sys.platform != "linux":
        return None
    call = ctypes.CDLL(None, use_errno=True).syscall
    call.restype = ctypes.c_long
    return call
