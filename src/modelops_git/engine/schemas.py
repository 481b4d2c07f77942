"""Writing the JSON Schemas to their folder: `python -m modelops_git.engine.schemas [FOLDER]`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from modelops_git.core.manifests.schema import all_schemas


def rendered(*, editor: bool = False) -> dict[str, str]:
    """The text of every schema, by the name of its file; `editor` as for `json_schema`."""
    return {
        name: json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
        for name, schema in all_schemas(editor=editor).items()
    }


def write_schemas(folder: Path) -> tuple[Path, ...]:
    """Write the schema of every kind into `folder`, which is made where it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in rendered().items():
        path = folder / name
        path.write_text(text, encoding="utf-8", newline="\n")
        written.append(path)
    return tuple(written)


if __name__ == "__main__":
    write_schemas(Path(sys.argv[1] if len(sys.argv) > 1 else "schemas"))
