"""What the `config.json` of a Transformers folder says: the architecture, and the library's version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelops_git.core.formats.describing.said import NOTHING, Said, framework, json_of, plain

if TYPE_CHECKING:
    from typing import BinaryIO

NAME = "config.json"
MAX_BYTES = 2**20


def describe(stream: BinaryIO) -> Said:
    """What the file says; nothing where it is the configuration of something else."""
    data = stream.read(MAX_BYTES + 1)
    try:
        config = json_of(data) if len(data) <= MAX_BYTES else None
    except ValueError:
        return NOTHING
    if not isinstance(config, dict) or not {"model_type", "architectures"} & config.keys():
        return NOTHING
    rows = config.get("architectures")
    algorithm = plain(rows[0]) if isinstance(rows, list) and rows else ""
    fields: dict[str, Any] = framework("transformers", config.get("transformers_version"))
    return Said({**fields, **({"algorithm": algorithm} if algorithm else {})})
