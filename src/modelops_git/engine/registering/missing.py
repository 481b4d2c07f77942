"""What a version still lacks, all at once, and how each can be given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from modelops_git.core.checks.base import Defect, pointer
from modelops_git.core.checks.metrics import no_evaluation
from modelops_git.core.checks.provenance import missing_metadata
from modelops_git.core.findings import Place
from modelops_git.core.manifests.wording import defect
from modelops_git.core.places import Home

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from modelops_git.core.findings import Finding
    from modelops_git.core.manifests.model import Model
    from modelops_git.core.manifests.registry import Registry
    from modelops_git.engine.registering.request import NewModel

REQUIRED = ("summary", "authors", "interface")
"""The fields of the schema that `register` cannot always fill in itself."""
WORDS = {
    "summary": "--summary TEXT",
    "authors": "--author SYSTEM:NAME (such as github:ana), or set user.email of git",
    "framework": "--framework NAME=VERSION",
    "algorithm": "--algorithm NAME",
    "training.code": "--code DIR, a folder of a clone that has a remote `origin`",
    "training.data": "--data NAME=FILE",
    "training.hyperparameters": "--param NAME=VALUE",
    "training.seed": "--seed N",
    "evaluations": "--metric EVALUATION:NAME=VALUE",
    "limitations": "--limitation TEXT",
    "parent": "--parent VERSION",
    "store": "--store NAME",
}
"""By which words a field can be given; what is not here is given by `--metadata` only."""

NO_REMOTE = (
    "Add a remote `origin` to the clone of the code, or give `training.code` with `repository` and `commit` "
    "in the file of --metadata."
)


@dataclass(frozen=True, slots=True)
class Wants:
    """What is asked of a version.

    Attributes:
        registry: `modelops.yaml`.
        model: `model.yaml`; None for a new model.
        where: The file that findings name: that of `--metadata`, else the folder of the manifest.
        why_no_interface: Why the interface could not be found out, and what to do about it.
        has_bad_files: Whether files are refused, so that no interface could be read from them.
    """

    registry: Registry
    model: Model | None
    where: str
    why_no_interface: tuple[str, str] = ("", "")
    has_bad_files: bool = False


def lacks(written: Mapping[str, Any], wants: Wants) -> list[Finding]:
    """What is missing in a manifest whose fields are `written`."""
    return [*_required(written, wants), *_wanted(written, wants), *_unmeasured(written, wants)]


def lacks_of_model(asked: NewModel, model: str) -> list[Finding]:
    """What is missing to write `model.yaml` of a new model."""
    path = Home("Model", model).path
    given = {"description": asked.description, "owners": asked.owners, "risk": asked.risk}
    words = {
        "description": "--description TEXT",
        "owners": "--owner GROUP, a group of modelops.yaml",
        "risk": "--risk low|medium|high",
    }
    return [
        defect(
            "MOG113",
            f"{model} is a new model, which needs `{name}`.",
            Place(path, pointer=f"/{name}"),
            f"Give {words[name]}; or write {path} first.",
        )
        for name, value in given.items()
        if not value
    ]


def how_to_give(name: str) -> str:
    """How the field `name`, such as `training.data`, can be given."""
    words = next((said for known, said in WORDS.items() if name == known or name.startswith(known + ".")), "")
    return f"Give {words}, or `{name}` in the file of --metadata." if words else in_metadata(name)


def in_metadata(name: str) -> str:
    """The same for a field that no word gives."""
    return f"Give `{name}` in the file of --metadata."


def _required(written: Mapping[str, Any], wants: Wants) -> Iterator[Finding]:
    for name in REQUIRED:
        if not is_given(written, [name]) and not (name == "interface" and wants.has_bad_files):
            why, hint = wants.why_no_interface if name == "interface" else ("", "")
            message = f"`{name}` is missing" + (f": {why}." if why else ".")
            advice = f"{_sentence(hint)} {_interface()}".strip() if name == "interface" else how_to_give(name)
            yield defect("MOG113", message, Place(wants.where, pointer=f"/{name}"), advice)


def _interface() -> str:
    return (
        in_metadata("interface").removesuffix(".") + ": {protocol: json, input: …, output: …}, JSON Schemas."
    )


def _sentence(hint: str) -> str:
    ended = hint if hint.endswith((".", "?")) or not hint else f"{hint}."
    return ended[:1].upper() + ended[1:]


def _wanted(written: Mapping[str, Any], wants: Wants) -> Iterator[Finding]:
    for name in wants.registry.required_metadata:
        fields = name.split(".")
        if not is_given(written, fields) and fields[0] not in REQUIRED:
            message = f"{name} is missing, which modelops.yaml requires of every version."
            place = Place(wants.where, pointer=pointer(*fields))
            yield missing_metadata.finding(Defect(message, place, how_to_give(name)))


def _unmeasured(written: Mapping[str, Any], wants: Wants) -> Iterator[Finding]:
    goals = wants.model.metrics if wants.model else {}
    rows = written.get("evaluations")
    found = {row.get("name"): row.get("metrics") or {} for row in rows or () if isinstance(row, dict)}
    for name, goal in goals.items():
        if name not in found.get(goal.evaluation, {}):
            message = (
                f"{name} of the evaluation {goal.evaluation!r} is missing, which the model is judged by."
            )
            place = Place(wants.where, pointer="/evaluations")
            hint = (
                f"Give --metric {goal.evaluation}:{name}=VALUE, or `evaluations` in the file of --metadata."
            )
            yield no_evaluation.finding(Defect(message, place, hint))


def is_given(value: Any, fields: list[str]) -> bool:
    """Whether a field is filled in, as the check of `required_metadata` sees it."""
    if isinstance(value, list):
        return bool(value) and all(is_given(item, fields) for item in value)
    if not fields:
        return value is not None and value != ""
    return isinstance(value, dict) and is_given(value.get(fields[0]), fields[1:])
