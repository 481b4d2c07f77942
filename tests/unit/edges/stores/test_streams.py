from __future__ import annotations

import io
import os
import tempfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelops_git.edges.stores import streams


@settings(max_examples=50)
@given(st.binary(max_size=100), st.integers(0, 120), st.integers(1, 30))
def test_reading_ahead_gives_the_same_bytes(data, limit, buffer):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(streams, "LARGE_BUFFER", buffer)
        patch.setattr(streams, "BUFFER", buffer)
        ahead = b"".join(map(bytes, streams.pieces_ahead(io.BytesIO(data), limit)))
        plain = b"".join(map(bytes, streams.pieces(io.BytesIO(data), limit)))
    assert ahead == plain == data[: limit + 1]


def test_a_source_that_fails_fails_when_it_is_read_ahead():
    class Broken(io.BytesIO):
        def readinto(self, buffer):
            if self.tell():
                raise OSError("broken")
            return super().readinto(buffer)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(streams, "LARGE_BUFFER", 4)
        pieces = streams.pieces_ahead(Broken(b"12345678"), 8)
        assert bytes(next(pieces)) == b"1234"
        with pytest.raises(OSError, match="broken"):
            next(pieces)


def test_who_stops_early_leaves_no_thread_behind():
    source = io.BytesIO(bytes(100))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(streams, "LARGE_BUFFER", 10)
        pieces = streams.pieces_ahead(source, 100)
        next(pieces)
        pieces.close()
    assert source.tell() <= 30


@given(st.integers(-9, 9), st.sampled_from([os.SEEK_SET, os.SEEK_CUR, os.SEEK_END]), st.integers(0, 5))
def test_positions_are_those_of_a_file(offset, whence, position):
    with tempfile.TemporaryFile(buffering=0) as file:
        file.write(b"1234")
        file.seek(position)
        try:
            wanted = file.seek(offset, whence)
        except OSError:
            with pytest.raises(ValueError, match="negative seek"):
                streams.sought(offset, whence, position, 4)
        else:
            assert streams.sought(offset, whence, position, 4) == wanted
