"""What the files of a version say about it: graphs, MLflow and Transformers folders, skops, safetensors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelops_git.core.artifacts import printable
from modelops_git.core.formats.describing import mlmodel, safetensors, skops, transformers
from modelops_git.edges.stores.failures import translated
from modelops_git.engine.registering.artifacts import opened
from modelops_git.engine.registering.found import Found, graph

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from modelops_git.core.formats.describing.said import Said
    from modelops_git.engine.registering.artifacts import Described

FEW = 3
SEVERAL = "say which one is the model: give the others another role, such as --role {}=other"


def contents(files: Sequence[Described]) -> Found:
    """What all files say together; of a field that several say, the nearest to the bytes that serve counts.

    That is the graph of an ONNX model, then the signature of an MLflow folder, then what skops, a
    configuration of Transformers and safetensors hold.

    Raises:
        StoreError: A file cannot be read.
    """
    first = graph(files)
    others = list(_said(files))
    fields = dict(first.fields)
    for said in others:
        fields |= {name: value for name, value in said.fields.items() if _is_better(fields.get(name), value)}
    reasons = [said.why_no_interface for said in others if said.why_no_interface[0]]
    why = ("", "") if "interface" in fields else (*_asked(first, reasons),)
    notes = (*first.notes, *(note for said in others for note in said.notes))
    return Found(fields, notes, (why[0], why[1]), first.flaws)


def _asked(first: Found, reasons: list[tuple[str, str]]) -> tuple[str, str]:
    """Why there is no interface: what a graph says of it, unless there is none and others say more."""
    return reasons[0] if reasons and not first.flaws else first.why_no_interface


def _is_better(before: Any, value: Any) -> bool:
    """Whether what a later file says is more than what is known: it names a version of the same framework."""
    if not isinstance(before, dict) or not isinstance(value, dict):
        return before is None
    return before.get("name") == value.get("name") and "version" not in before and "version" in value


def _said(files: Sequence[Described]) -> Iterator[Said]:
    folders = [one for one in files if _name(one) == mlmodel.NAME]
    yield from (_describe(one, mlmodel.describe) for one in folders[:1])
    models = [one for one in files if one.role == "model"]
    of_skops = [one for one in models if one.format == "skops"]
    yield from (_describe(one, skops.describe) for one in of_skops[:1] if len(of_skops) == 1)
    configs = sorted(
        (one for one in files if _name(one) == transformers.NAME), key=lambda one: one.source.path
    )
    for one in configs[:1]:
        with translated(str(one.source.file)), opened(one.source.file) as stream:
            yield transformers.describe(stream)
    shards = [one for one in models if one.format == "safetensors"]
    yield from (_describe(one, safetensors.describe) for one in shards[:FEW])


def _name(one: Described) -> str:
    return one.source.path.rpartition("/")[2]


def _describe(one: Described, describe: Any) -> Said:
    with translated(str(one.source.file)), opened(one.source.file) as stream:
        said: Said = describe(printable(one.source.path), stream)
    return said
