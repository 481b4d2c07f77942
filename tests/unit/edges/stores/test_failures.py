from __future__ import annotations

import errno

import pytest

from modelops_git.core.errors import StoreError
from modelops_git.edges.stores.failures import translated


def _fail_with(error):
    with translated("store, m/a\n"):
        raise error


@pytest.mark.parametrize(
    ("number", "hint"),
    [
        (errno.ENOSPC, "Make room on the disk"),
        (errno.EDQUOT, "quota"),
        (errno.EROFS, "writable"),
        (errno.EACCES, "permissions"),
        (errno.EFBIG, "ulimit -f"),
        (errno.EIO, "Check the disk"),
        (errno.EBADF, ""),
    ],
)
def test_an_error_of_the_system_becomes_one_of_the_store_with_path_and_hint(number, hint):
    with pytest.raises(StoreError, match=r"^store, m/a\\n: ") as caught:
        _fail_with(OSError(number, "what the system says"))
    assert "what the system says" in caught.value.message
    assert hint in caught.value.hint


def test_other_errors_pass():
    with pytest.raises(KeyError):
        _fail_with(KeyError())
