"""Make a registry: the files that a new one needs, written beside what is there, never over it."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING, cast

from modelops_git.core.errors import GitError, UsageError
from modelops_git.core.manifests.write import dump
from modelops_git.core.places import MAX_NAME, REGISTRY_FILE, is_name
from modelops_git.edges.git.repository import Repository, find_registry
from modelops_git.engine.codeowners import codeowners
from modelops_git.engine.editors import SETTING, SETTINGS, new_settings, settings_home
from modelops_git.engine.files import create_file
from modelops_git.engine.workflows import Setting, pipelines

if TYPE_CHECKING:
    from pathlib import Path

    from modelops_git.core.manifests.registry import Registry
    from modelops_git.edges.git.plumbing import Git

NO_FORGE = "none"
_HOOK_FILE = ".pre-commit-config.yaml"
_ASKED = "       # is asked who approved; `modelops doctor --forge` looks at its settings"


@dataclass(frozen=True, slots=True)
class Made:
    """What `init` did.

    Attributes:
        name: The registry's name.
        folder: The registry's root.
        written: The files that it wrote, sorted.
        kept: The files that were there already, and stay as they are.
        lacking: Lines that a kept file should have and lacks, as (file, line).
        unmapped: The editor's settings, where they were there already and do not name all schemas.
        forge: Where pipelines were written for: `github`, `gitlab` or `none`.
        setting: What these pipelines are about; None where there are none.
    """

    name: str
    folder: Path
    written: tuple[Path, ...]
    kept: tuple[Path, ...]
    lacking: tuple[tuple[Path, str], ...]
    unmapped: Path | None = None
    forge: str = NO_FORGE
    setting: Setting | None = None


def make_registry(folder: Path, forge: str = NO_FORGE) -> Made:
    """Write a registry into `folder`, which lies in a git repository; with pipelines where a forge is named.

    Raises:
        UsageError: `folder` lies in no git repository, or in the registry of another folder.
        OSError: A file could not be written.
    """
    repository = _repository_of(folder)
    root = folder.resolve()
    _refuse_nested(root, repository.top.resolve())
    name = name_from(root.name)
    contents = _contents(name, root, repository, forge)
    setting = None
    if forge != NO_FORGE:
        setting = _setting(contents[root / REGISTRY_FILE], root, repository)
        contents |= {
            repository.top.resolve() / path: text for path, text in pipelines(forge, setting).items()
        }
    written = tuple(path for path, text in sorted(contents.items()) if create_file(path, text))
    if setting is not None:
        owners = codeowners(find_registry(root), forge)
        contents[owners.path] = owners.text
        written += (owners.path,) if create_file(owners.path, owners.text) else ()
    kept = tuple(path for path in sorted(contents) if path not in written)
    lacking, unmapped = _lacking(kept, contents), _unmapped(kept, contents)
    return Made(name, root, written, kept, lacking, unmapped, forge, setting)


def _repository_of(folder: Path) -> Repository:
    existing = next(place for place in (folder.absolute(), *folder.absolute().parents) if place.is_dir())
    try:
        return Repository.open(existing)
    except GitError as error:
        if not re.search("not a git repository|must be run in a work tree", error.message):
            raise  # git is missing, or does not trust the folder: `git init` would not help
        raise UsageError(
            f"{folder} is in no git repository with files: {error.message}",
            hint="Run `git init` there first: the git repository is the registry.",
        ) from error


def _refuse_nested(root: Path, top: Path) -> None:
    """A registry in a registry would be checked by the wrong rules."""
    for outer in root.parents:
        if not outer.is_relative_to(top):
            return
        if (outer / REGISTRY_FILE).exists():
            raise UsageError(
                f"{root} is in the registry {outer}",
                hint="A registry contains no other; write the model into the one that is there.",
            )


def name_from(text: str) -> str:
    """A legal name made from a folder's: small letters, digits, hyphens; `models` if nothing is left."""
    name = re.sub(r"[^a-z0-9]+", "-", text.lower())[:MAX_NAME].strip("-")
    return name if is_name(name) else "models"


def _contents(name: str, root: Path, repository: Repository, forge: str) -> dict[Path, str]:
    """Every file of a new registry with its text."""
    from modelops_git.engine.schemas import rendered

    top = repository.top.resolve()
    home, prefix = settings_home(top, _prefix(root, top))
    values = {"name": _scalar(name), "journals": name, "branch": _scalar(_branch(repository.git))}
    values["forge"] = _forge(forge)
    return {
        root / REGISTRY_FILE: _starter("modelops.yaml", values),
        root / "models" / ".gitkeep": "",
        root / ".gitignore": _starter("gitignore", {}),
        root / ".gitattributes": _starter("gitattributes", {}),
        home / SETTINGS: new_settings(prefix),
        top / _HOOK_FILE: _starter("pre-commit-config.yaml", {"entry": _entry(root, top)}),
        **{root / "schemas" / file: text for file, text in rendered(editor=True).items()},
    }


def _forge(forge: str) -> str:
    """What `modelops.yaml` says of the forge."""
    return "" if forge == NO_FORGE else f"forge: {{type: {forge}}}{_ASKED}\n"


def _setting(starter: str, root: Path, repository: Repository) -> Setting:
    """What pipelines are about, by the registry that is there already, or else by the starter."""
    file = root / REGISTRY_FILE
    registry = _registry_in(file.read_bytes() if file.exists() else starter.encode())
    environments = tuple(one.name for one in registry.environments)
    folder = _prefix(root, repository.top.resolve()).removesuffix("/")
    if "${{" in folder:
        raise UsageError(f"a forge would compute with the folder's name: {folder}", hint="Rename the folder.")
    return Setting(registry.name, registry.default_branch, environments, folder)


def _registry_in(data: bytes) -> Registry:
    from modelops_git.core.manifests.parse import parse_document

    parsed = parse_document(REGISTRY_FILE, data)
    if parsed.document is None:
        raise UsageError(
            f"the {REGISTRY_FILE} that is there is not valid, and says where pipelines are to act",
            hint="`modelops validate` shows what is wrong.",
        )
    return cast("Registry", parsed.document.manifest)


def _scalar(text: str) -> str:
    """`text` as a YAML scalar, quoted where it could be read as something else."""
    return dump({"x": text}).removeprefix("x: ").rstrip("\n")


def _starter(file: str, values: dict[str, str]) -> str:
    text = (files("modelops_git.engine") / "starter" / file).read_text(encoding="utf-8")
    return Template(text).substitute(values)


def _branch(git: Git) -> str:
    """The branch that this repository is on, also before its first commit; `main` where it is on none."""
    code, out, _ = git.outcome("symbolic-ref", "--quiet", "--short", "HEAD")
    name = out.decode("utf-8", "replace").strip()
    return name if code == 0 and re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._/-]*", name) else "main"


def _prefix(root: Path, top: Path) -> str:
    """The registry's folder in the repository, with `/` at the end; empty for its top."""
    return "" if root == top else f"{root.relative_to(top).as_posix()}/"


def _entry(root: Path, top: Path) -> str:
    """The hook's command, as a YAML text; pre-commit splits it as a shell would."""
    if root == top:
        return "modelops validate --staged"
    folder = shlex.quote(_prefix(root, top).removesuffix("/"))
    return json.dumps(f"modelops --repo {folder} validate --staged", ensure_ascii=False)


def _lacking(kept: tuple[Path, ...], contents: dict[Path, str]) -> tuple[tuple[Path, str], ...]:
    """What a kept file should say and does not."""
    return tuple(
        (path, rule)
        for path in kept
        for rule in _rules(path.name, contents[path])
        if not _says(path.read_text(encoding="utf-8", errors="replace"), rule)
    )


def _says(text: str, rule: str) -> bool:
    """Whether a file has a line; of the forge, any word on it is the owner's."""
    return rule in text or (
        rule.startswith("forge:") and re.search(r"^forge:", text, re.MULTILINE) is not None
    )


def _unmapped(kept: tuple[Path, ...], contents: dict[Path, str]) -> Path | None:
    settings = next((path for path in kept if path.as_posix().endswith(f"/{SETTINGS}")), None)
    if settings is None:
        return None
    said = settings.read_text(encoding="utf-8", errors="replace")
    schemas = json.loads(contents[settings])[SETTING]
    return settings if any(json.dumps(schema) not in said for schema in schemas) else None


def _rules(name: str, text: str) -> list[str]:
    """The lines of a starter file that must also be in a file that is there already."""
    lines = [line.strip() for line in text.splitlines()]
    if name == REGISTRY_FILE:
        return [line.removesuffix(_ASKED.strip()).strip() for line in lines if line.startswith("forge:")]
    if name == _HOOK_FILE:
        return [line for line in lines if line.startswith("entry:")]
    is_git_file = name in {".gitignore", ".gitattributes"}
    return [line for line in lines if is_git_file and line and not line.startswith("#")]
