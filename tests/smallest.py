"""The smallest files of a format: what a test needs where it is not about the model."""

from __future__ import annotations


def onnx(said):
    """An ONNX file with an empty graph, whose producer is called `said` (fewer than 128 bytes)."""
    name = said if isinstance(said, bytes) else said.encode()
    assert len(name) < 128
    return b"\x08\x08\x12" + bytes([len(name)]) + name + b"\x3a\x00"
