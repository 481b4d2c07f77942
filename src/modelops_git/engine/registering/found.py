"""What can be found out about a version without asking anybody: its code, its author, its interface."""

from __future__ import annotations

import os
import posixpath
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from modelops_git.core.artifacts import printable
from modelops_git.core.errors import GitError, ModelopsError, UsageError
from modelops_git.core.manifests.base import Identity
from modelops_git.edges.git.plumbing import Git, decode
from modelops_git.edges.git.remotes import code_state
from modelops_git.edges.stores.failures import translated
from modelops_git.engine.registering.artifacts import no_onnx, opened

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from modelops_git.core.findings import Finding
    from modelops_git.edges.git.repository import Repository
    from modelops_git.engine.registering.artifacts import Described

MAX_ONNX = 2**31 - 1
"""Protocol buffers are never larger; the weights of larger models lie in files beside them."""
FEW = 3
_FRAMEWORKS = {"skl2onnx": "scikit-learn", "tf2onnx": "tensorflow", "keras2onnx": "keras"}
_OWN_VERSION = {"pytorch": "pytorch", "paddle": "paddlepaddle", "matlab": "matlab"}


@dataclass(frozen=True, slots=True)
class Found:
    """What was found out.

    Attributes:
        fields: Fields of the manifest.
        notes: What people should know about it.
        why_no_interface: Why the interface could not be found out, and what to do; empty where it was.
        flaws: What keeps a file from being registered at all.
    """

    fields: dict[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    why_no_interface: tuple[str, str] = ("", "")
    flaws: tuple[Finding, ...] = ()


def authors(repository: Repository) -> Found:
    """Who git says is working here, as `git:<address>`; nothing where it does not know."""
    code, out, _ = repository.git.outcome("var", "GIT_AUTHOR_IDENT")
    address = decode(out).rpartition(" <")[2].partition(">")[0]
    identity = f"git:{address}"
    known = code == 0 and bool(address) and get_args(Identity)[1].matches(identity)
    return Found({"authors": [identity]}) if known else Found()


def code(repository: Repository, named: Path | None, first: Path) -> Found:
    """The commit that the training code is at.

    Args:
        repository: The registry's; by default its own commit is not taken for that of the code.
        named: The folder that `--code` names.
        first: The first file or folder of the version, beside which the code is looked for otherwise.

    Raises:
        UsageError: The named folder is in no repository that has a commit.
        GitError: git failed.
    """
    folder = named or (first if first.is_dir() else first.parent)
    if named is not None and not named.is_dir():
        raise UsageError(f"--code {named}: there is no such folder")
    if named is None and _common_dir(folder) in {None, repository.common_dir}:
        return Found()
    state = code_state(folder)
    if state is None and named is not None:
        raise UsageError(
            f"--code {named} is in no git repository that has a commit", hint="Commit the code first."
        )
    if state is None:
        return Found()
    notes = [f"The code in {folder} differs from its commit {state.commit[:12]}, which is recorded."]
    known = {"commit": state.commit}
    if state.repository_url:
        known["repository"] = state.repository_url
    return Found({"training": {"code": known}}, tuple(notes if state.dirty else []))


def _common_dir(folder: Path) -> Path | None:
    """What identifies the repository that `folder` is in; None for none."""
    try:
        code, out, _ = Git.isolated(folder).outcome("rev-parse", "--git-common-dir")
    except GitError:
        return None  # such as a folder whose name git cannot be given
    return None if code else Path(os.path.realpath(folder / decode(out).removesuffix("\n")))


def graph(files: Sequence[Described]) -> Found:
    """What the one ONNX file among the models says about itself, and which of several are damaged.

    Raises:
        StoreError: A file cannot be read.
    """
    models = [one for one in files if one.role == "model" and one.format == "onnx" and not one.found.mismatch]
    paths = frozenset(one.source.path for one in files)
    found = [_said_by(one, paths) for one in models]
    if len(found) == 1:
        return found[0]
    why = _several(models) if models else ("there is no ONNX model to read it from", "")
    notes = tuple(note for one in found for note in one.notes)
    return Found({}, notes, why, tuple(flaw for one in found for flaw in one.flaws))


def _several(models: Sequence[Described]) -> tuple[str, str]:
    names = [printable(one.source.path) for one in models]
    shown = ", ".join(names[:FEW]) + (", …" if len(names) > FEW else "")
    hint = f"if only one of them is the model, say so of the others, such as --role {names[-1]}=preprocessor"
    return f"there are several ONNX models, {shown}", hint


def _said_by(one: Described, paths: frozenset[str]) -> Found:
    """What an ONNX file says about itself; `paths` are those of all files of the version."""
    from modelops_git.core.formats.onnx_graph import DamagedError, OnnxError, summary_of

    source = one.source
    if source.size > MAX_ONNX:
        return Found(why_no_interface=(f"{source.path} is larger than an ONNX graph can be", ""))
    with translated(str(source.file)), opened(source.file) as stream:
        data = stream.read(MAX_ONNX)
    try:
        summary = summary_of(data)
    except DamagedError as error:
        return Found(flaws=(no_onnx(one, error.message),))
    except (OnnxError, UsageError) as error:
        return Found(why_no_interface=_reason(source.path, error))
    made_with = _framework(summary.producer, summary.producer_version)
    fields = {"interface": summary.interface, **({"framework": made_with} if made_with else {})}
    return Found(fields, tuple(_lacking(source.path, summary.beside, paths)))


def _lacking(path: str, beside: Iterable[str], paths: frozenset[str]) -> Iterator[str]:
    """A note on each file with weights that is no part of the version, though the model needs it."""
    for name in beside:
        if posixpath.normpath(posixpath.join(posixpath.dirname(path), name)) not in paths:
            yield f"{printable(path)} keeps weights in {name}, which is not among the files: name it as well."


def _reason(path: str, error: ModelopsError) -> tuple[str, str]:
    return f"{path}: {error.message}", error.hint


def _framework(producer: str, version: str) -> dict[str, str]:
    """The framework that an exporter is for, with its version where the exporter is a part of it."""
    if producer in _OWN_VERSION:
        name = _OWN_VERSION[producer]
        return {"name": name, "version": version} if version else {"name": name}
    return {"name": _FRAMEWORKS[producer]} if producer in _FRAMEWORKS else {}
