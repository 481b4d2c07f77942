"""What a skops file says that it holds: a tree of nodes in a schema, and arrays beside it.

skops makes an object only from types that it trusts or is told to trust, so that its files are safe to load
as long as whoever loads them reads the list. What is no node of skops, or a pickle among the arrays, is no
skops file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from modelops_git.core.formats.inspection import RUNS_CODE, Inspection
from modelops_git.core.formats.jsontext import whole_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from modelops_git.core.formats.zips import Member

SCHEMA: Final = "schema.json"
NODES: Final = frozenset(
    f"{name}Node"
    for name in (
        *("Dict", "DefaultDict", "List", "Set", "Tuple", "Function", "Partial", "Type", "Slice", "Json"),
        *("ConstructorFromReduce", "Object", "Method", "Bytes", "Bytearray", "OperatorFunc", "NdArray"),
        *("MaskedArray", "RandomState", "RandomGenerator", "DType", "QuantileForest", "SparseMatrix"),
        *("Tree", "Loss", "_DictWithDeprecatedKeys", "Cached", "Reduce", "SGDLoss", "SGD", "Datetime"),
    )
)
_USUAL = frozenset(
    {"builtins", "collections", "numpy", "scipy", "sklearn", "datetime", "operator", "functools"}
)
_DANGEROUS = frozenset({"eval", "exec", "compile", "open", "getattr", "setattr", "__import__", "globals"})
_CONTENT = (".npy", ".npz", ".bin")
MAX_NODES: Final = 1_000_000
FEW: Final = 3


def judge(members: Mapping[str, Member]) -> Inspection:
    """What a zip file is whose name and schema are those of skops; no member of it is a pickle."""
    strange = next((name for name in members if name != SCHEMA and not name.endswith(_CONTENT)), "")
    if strange:
        return Inspection("skops", mismatch=f"skops writes no {strange[:100]!r}")
    schema, why = whole_json(members[SCHEMA].content)
    if not isinstance(schema, dict) or not isinstance(schema.get("protocol"), int):
        return Inspection("skops", mismatch=f"its {SCHEMA} {why or 'is not that of skops'}")
    nodes = list(_nodes(schema))
    unknown = next((node for node in nodes if node["__loader__"] not in NODES), None)
    if unknown or not nodes or nodes[0] is not schema:
        what = f"a node {str(unknown['__loader__'])[:60]!r}" if unknown else "no node"
        return Inspection("skops", mismatch=f"its {SCHEMA} has {what}, which skops does not know")
    return _with_files(nodes, members)


def _with_files(nodes: list[dict[str, Any]], members: Mapping[str, Member]) -> Inspection:
    """The verdict, once the nodes are known: each file that they name is there, and no pickle."""
    named = {node["file"] for node in nodes if isinstance(node.get("file"), str)}
    lacking = sorted(named - members.keys())
    if lacking:
        return Inspection("skops", mismatch=f"it lacks {lacking[0][:100]!r}, which its {SCHEMA} names")
    unsound = next((one for one in members.values() if one.found.mismatch), None)
    if unsound and unsound.found.format not in RUNS_CODE:
        return Inspection("skops", mismatch=f"{unsound.entry.name}: {unsound.found.mismatch}")
    return Inspection("skops", notes=tuple(_notes(nodes)))


def _nodes(schema: Any) -> Iterator[dict[str, Any]]:
    """Every node, the outermost first."""
    waiting = [schema]
    for _ in range(MAX_NODES):
        if not waiting:
            return
        one = waiting.pop()
        if isinstance(one, list):
            waiting += one
        elif isinstance(one, dict):
            if "__loader__" in one:
                yield one
            waiting += one.values()


def _notes(nodes: list[dict[str, Any]]) -> Iterator[str]:
    """What skops does not load unless it is told to trust it."""
    found = sorted({name for node in nodes for name in _named(node) if not _is_usual(name)})
    if found:
        more = f" and {len(found) - FEW} more" if len(found) > FEW else ""
        shown = ", ".join(name[:60] for name in found[:FEW])
        yield f"skops loads it only for those who say that they trust {shown}{more}"


def _named(node: dict[str, Any]) -> Iterator[str]:
    """The types and functions that a node names."""
    content = node.get("content")
    yield f"{node.get('__module__')}.{node.get('__class__')}"
    if isinstance(content, dict) and isinstance(content.get("module_path"), str):
        yield f"{content['module_path']}.{content.get('function')}"


def _is_usual(name: str) -> bool:
    module, _, rest = name.partition(".")
    return module in _USUAL and not (module == "builtins" and rest in _DANGEROUS)
