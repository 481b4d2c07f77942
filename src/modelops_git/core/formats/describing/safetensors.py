"""What a safetensors file says of itself: names and types of tensors, and who wrote it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from modelops_git.core.formats.describing.said import Said, at, framework, json_of, plain

if TYPE_CHECKING:
    from typing import BinaryIO

MAX_HEADER = 16 * 2**20
"""Longer headers are not read here: nothing that is said about the model would come of it."""
_LENGTH = 8
_FRAMEWORKS = {"pt": "pytorch", "tf": "tensorflow", "flax": "flax", "mlx": "mlx", "np": "numpy"}
NO_GRAPH = "holds weights by name and no graph, so nobody can tell from it what the model takes and gives"


def describe(name: str, stream: BinaryIO) -> Said:
    """What the file called `name` says; a header that cannot be read is for others to judge."""
    length = int.from_bytes(stream.read(_LENGTH), "little")
    why = (f"{name} {NO_GRAPH}", "")
    if not 0 < length <= MAX_HEADER:
        return Said({}, (), why)
    try:
        header = json_of(stream.read(length))
    except ValueError:
        return Said({}, (), why)
    made_with = _FRAMEWORKS.get(plain(at(header, "__metadata__", "format")), "")
    return Said(framework(made_with, None) if made_with else {}, _counted(name, header), why)


def _counted(name: str, header: Any) -> tuple[str, ...]:
    tensors = (
        [row for key, row in header.items() if key != "__metadata__"] if isinstance(header, dict) else []
    )
    types = Counter(plain(at(row, "dtype")) or "?" for row in tensors)
    shown = ", ".join(f"{count:,} of {kind}" for kind, count in types.most_common(3))
    return (f"{name} holds {len(tensors):,} tensors: {shown}.",) if tensors else ()
