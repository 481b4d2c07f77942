"""LZ4 as its library writes it is read back; what is damaged is an error of its own."""

from __future__ import annotations

import io
import random

import lz4.frame
import pytest

from modelops_git.core.formats.inspection import UnscannableError
from modelops_git.core.formats.lz4 import unpacked
from modelops_git.core.formats.reading import FileView

WORDS = [random.Random(number).randbytes(number % 9 + 1) for number in range(200)]
TEXTS = {
    "empty": b"",
    "one": b"x",
    "zeros": bytes(300_000),
    "random": random.Random(1).randbytes(100_000),
    "words": b"".join(random.Random(2).choices(WORDS, k=60_000)),
    "overlap": b"ab" * 999 + b"c" * 70_000,
}


def read(data):
    return b"".join(unpacked(FileView(io.BytesIO(data), len(data))))


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("linked", [True, False])
@pytest.mark.parametrize("checked", [True, False])
def test_what_the_library_writes_is_read_back(text, linked, checked):
    settings = {"block_linked": linked, "content_checksum": checked, "block_checksum": checked}
    data = lz4.frame.compress(TEXTS[text], block_size=lz4.frame.BLOCKSIZE_MAX64KB, **settings)
    assert read(data) == TEXTS[text]
    assert read(lz4.frame.compress(TEXTS[text], store_size=False, **settings)) == TEXTS[text]


def test_every_cut_and_every_flip_end():
    data = lz4.frame.compress(b"abc" * 50 + bytes(50))
    for length in range(4, len(data) - 8):
        with pytest.raises(UnscannableError):
            read(data[:length])
    for at in range(4, len(data)):
        damaged = data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1 :]
        try:
            assert isinstance(read(damaged), bytes)
        except UnscannableError as error:
            assert "LZ4" in str(error) or "damaged" in str(error)  # noqa: PT017 - it may be one or the other
