"""Tell editors with a YAML language server which schema a manifest is written by."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, NamedTuple

from modelops_git.core.errors import UsageError
from modelops_git.core.jsonc import LONGEST, with_entries
from modelops_git.edges.files import write_atomic
from modelops_git.engine.files import inside

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from modelops_git.edges.git.repository import Repository

SETTING = "yaml.schemas"
SETTINGS = ".vscode/settings.json"
FOLDER = "schemas"
_PATTERNS = {
    "Registry": "modelops.yaml",
    "Model": "models/**/model.yaml",
    "ModelVersion": "models/**/versions/*.yaml",
    "Notice": "models/**/notices/*.yaml",
    "Rollout": "models/**/rollouts/*.yaml",
    "Experiment": "models/**/experiments/*.yaml",
    "Analysis": "analyses/*.yaml",
}


class Written(NamedTuple):
    """What was done for editors.

    Attributes:
        written: The files that were written, since they were not there or said something else.
        kept: Those that were right already.
    """

    written: tuple[Path, ...]
    kept: tuple[Path, ...]


def settings_home(top: Path, prefix: str) -> tuple[Path, str]:
    """The folder whose settings count, and the registry's folder in it, with `/` at the end.

    That is the top of the repository, which is what people open. Where the name of a folder on the way has
    characters that the YAML language server takes for a part of an address, it is the registry's own folder.
    """
    is_plain = re.fullmatch(r"(?a:[\w@. /-]*)", prefix) is not None
    return (top, prefix) if is_plain else (top / prefix, "")


def editor_schemas(prefix: str = "") -> dict[str, str]:
    """Schema to the files that it is for, both from the folder that `prefix` lies in.

    The language server matches addresses, in which a blank may be `%20`: of such characters `*` is written.
    """
    from modelops_git.core.manifests.schema import file_name

    below = re.sub(r"(?a:[^\w./-]+)", "*", prefix)
    return {
        f"./{prefix}{FOLDER}/{file_name(kind)}": f"/{below}{pattern}" for kind, pattern in _PATTERNS.items()
    }


def new_settings(prefix: str = "") -> str:
    """The settings where there are none."""
    return json.dumps({SETTING: editor_schemas(prefix)}, indent=2, ensure_ascii=False) + "\n"


def set_up_editors(repo: Repository) -> Written:
    """Write the schemas of this version, and name them in the settings of the editor, which keeps its others.

    Raises:
        UsageError: The settings cannot be read, or lie outside of the repository; nothing was written.
        OSError: A file could not be written.
    """
    written: list[Path] = []
    kept: list[Path] = []
    for path, data in dict(_wanted(repo)).items():
        is_right = path.is_file() and path.read_bytes() == data
        if not is_right:
            write_atomic(path, data)
        (kept if is_right else written).append(path)
    return Written(tuple(sorted(written)), tuple(sorted(kept)))


def _wanted(repo: Repository) -> Iterator[tuple[Path, bytes]]:
    """Each file and what must be in it; the settings first, since they may be refused."""
    from modelops_git.engine.schemas import rendered

    home, prefix = settings_home(repo.top, repo.prefix)
    path = inside(home, SETTINGS)
    yield path, _settings(path, editor_schemas(prefix)).encode("utf-8")
    for name, text in rendered(editor=True).items():
        yield inside(repo.root, f"{FOLDER}/{name}"), text.encode("utf-8")


def _settings(path: Path, schemas: Mapping[str, str]) -> str:
    try:
        return with_entries(_read(path), SETTING, schemas)
    except ValueError as error:
        shown = json.dumps({SETTING: schemas}, indent=2, ensure_ascii=False).splitlines()[1:-1]
        raise UsageError(
            f"{path} cannot be changed: {error}",
            hint="Mend it, or add this by hand:\n" + "\n".join(line.removeprefix("  ") for line in shown),
        ) from error


def _read(path: Path) -> str:
    """The settings as they are; empty where there are none."""
    if path.is_symlink():
        raise ValueError("it is a link")
    try:
        with path.open("rb") as file:
            return file.read(4 * LONGEST + 1).decode("utf-8")
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8") from None
