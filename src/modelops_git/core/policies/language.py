"""CEL expressions: compiled against the declared variables, bounded, evaluated.

The one module that knows the library, cel-expr-python.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from modelops_git.core.policies.bounds import BUDGET, MAX_LENGTH, cost, require_bounded, sizes_of
from modelops_git.core.policies.faults import ExpressionError, of_compiling, of_evaluating
from modelops_git.core.policies.variables import POLICIES, Type
from modelops_git.core.policies.wire import tree_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from modelops_git.core.policies.variables import Vocabulary
    from modelops_git.core.policies.wire import Node, Tree

INSTALL = 'Run `pip install "modelops-git[policies]"`.'
_HAS = re.compile(r"(?<![\w.])has\s*\(\s*([a-z_]+(?:\s*\.\s*[a-z_]+)*)\s*\)")
Read = tuple[str, tuple[str, ...]]
"""A variable's name, and the keys behind it: `("candidate.metrics", ("accuracy",))`."""


class MissingLibraryError(Exception):
    """The library that evaluates expressions is not installed."""


class Expression:
    """A condition that was checked. Made by `compiled`.

    Attributes:
        text: As it was written.
        tree: Its parts.
        reads: What it looks at, in the order of the text, each once.
    """

    def __init__(self, text: str, program: Any, tree: Tree, vocabulary: Vocabulary) -> None:
        self.text = text
        self.tree = tree
        self.reads = tuple(dict.fromkeys(_reads(tree, tree.root, vocabulary)))
        self._program = program
        self._vocabulary = vocabulary

    @property
    def variables(self) -> tuple[str, ...]:
        """The names of the variables that it looks at, each once."""
        return tuple(dict.fromkeys(name for name, _ in self.reads))

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Whether it holds for `values`, by the whole names of the variables.

        A variable without a value is an error only if the answer depends on it.

        Raises:
            ExpressionError: It has no answer, or finding it would cost too much.
        """
        used = {name: values[name] for name in self.variables if name in values}
        if cost(self.tree, sizes_of(used), self.text) > BUDGET:
            raise ExpressionError(
                "it would take too long with these values",
                hint="Walk over shorter lists, or nest fewer walks.",
            )
        try:
            answer = self._program.eval(data=used)
        except RuntimeError as error:
            raise of_evaluating(str(error), vocabulary=self._vocabulary) from error
        if answer.type().name() != "BOOL":
            asked = [(name, keys[0], tuple(used.get(name, ()))) for name, keys in self.reads if keys]
            raise of_evaluating(str(answer.value()), asked, self._vocabulary)
        return bool(answer.value())


@lru_cache(maxsize=256)
def compiled(text: str, vocabulary: Vocabulary = POLICIES) -> Expression:
    """The expression that `text` is, over the variables of a vocabulary.

    Raises:
        ExpressionError: It is no CEL, names what there is not, does not answer yes or no, or is unbounded.
        MissingLibraryError: The library is not installed.
    """
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"the expression has {len(text):,} characters, and may have {MAX_LENGTH:,}")
    if not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text):
        raise ExpressionError("the expression holds half a character")
    if absurd := _has_of_a_field(text, vocabulary):
        raise absurd
    try:
        program = _environment(vocabulary).compile(text)
    except RuntimeError as error:
        raise of_compiling(text, str(error), vocabulary) from error
    kind = program.return_type().name()
    if kind != "BOOL":
        raise ExpressionError(f"the expression is {kind.lower()}, and must be true or false", 0)
    tree = tree_of(program.serialize())
    require_bounded(tree)
    return Expression(text, program, tree, vocabulary)


def _has_of_a_field(text: str, vocabulary: Vocabulary) -> ExpressionError | None:
    """`has` asks for a key of a mapping; of a field, which is always there, it would be the field itself."""
    for found in _HAS.finditer(text):
        name = "".join(found[1].split())
        if name in vocabulary.by_name:
            message = f"has() asks for a key of a mapping, and {name} is always there"
            return ExpressionError(message, found.start(1), hint="Compare its value.")
    return None


@lru_cache(maxsize=4)
def _environment(vocabulary: Vocabulary = POLICIES) -> Any:
    """The library's environment, with every variable declared."""
    try:
        from cel_expr_python import cel  # type: ignore[import-untyped]  # it has stubs, but no py.typed
    except ImportError as error:
        raise MissingLibraryError(INSTALL) from error
    kinds = cel.Type
    numbers = kinds.Map(kinds.STRING, kinds.DOUBLE)
    types = {
        Type.BOOLEAN: kinds.BOOL,
        Type.TEXT: kinds.STRING,
        Type.NUMBER: kinds.DOUBLE,
        Type.TIME: kinds.TIMESTAMP,
        Type.TEXTS: kinds.List(kinds.STRING),
        Type.NUMBERS: numbers,
        Type.TABLE: kinds.Map(kinds.STRING, numbers),
    }
    return cel.NewEnv(variables={variable.name: types[variable.type] for variable in vocabulary.variables})


def _reads(tree: Tree, node: Node, vocabulary: Vocabulary) -> Iterator[Read]:
    read = _read(tree, node, vocabulary)
    if read is not None:
        yield read
        return
    for part in node.parts:
        yield from _reads(tree, part, vocabulary)


def _read(tree: Tree, node: Node, vocabulary: Vocabulary) -> Read | None:
    """What a part looks at; None where it is not a variable or a key of one."""
    if tree.names.get(node.id) in vocabulary.by_name:
        return tree.names[node.id], ()
    is_key = node.kind == "call" and node.name == "_[_]" and node.parts[1].kind == "constant"
    if not is_key and (node.kind != "field" or not node.parts):
        return None
    inner = _read(tree, node.parts[0], vocabulary)
    return inner and (inner[0], (*inner[1], node.parts[1].name if is_key else node.name))
