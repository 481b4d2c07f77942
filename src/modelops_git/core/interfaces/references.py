"""What the references of a schema name, inside its own document: nothing is ever fetched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelops_git.core.interfaces.budget import GaveUpError
from modelops_git.core.interfaces.keywords import walk
from modelops_git.core.interfaces.terms import Every, Reference

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from modelops_git.core.interfaces.terms import Claim


class References:
    """The places that a `$ref` can name in one document.

    Where a subschema names itself by `$id`, the base of its references is another one; such documents are not
    looked into.
    """

    def __init__(self, root: Any) -> None:
        self._root = root
        parts = list(walk(root))
        self._anchors = _anchors(part for _, part in parts)
        self._own = str(root.get("$id", "")).partition("#")[0] if isinstance(root, dict) else ""
        self._mixed = any("$id" in part for _, part in parts[1:])

    def find(self, reference: Any) -> tuple[Any, ...]:
        """The schema that `reference` names, or none; as a tuple, since a schema may be false."""
        if self._mixed or not isinstance(reference, str):
            return ()
        document, _, fragment = reference.partition("#")
        if document not in ("", self._own):
            return ()
        if "%" in fragment:
            from urllib.parse import unquote

            fragment = unquote(fragment)
        if fragment and not fragment.startswith("/"):
            return self._anchors.get(fragment, ())
        return self._at(fragment.split("/")[1:])

    def _at(self, steps: list[str]) -> tuple[Any, ...]:
        node = self._root
        for step in (step.replace("~1", "/").replace("~0", "~") for step in steps):
            if isinstance(node, dict) and step in node:
                node = node[step]
            elif isinstance(node, list) and step.isdecimal() and step.isascii() and int(step) < len(node):
                node = node[int(step)]
            else:
                return ()
        return (node,)


def _anchors(parts: Iterable[dict[str, Any]]) -> Mapping[str, tuple[Any, ...]]:
    """What each anchor names; nothing where two have the same name."""
    found: dict[str, tuple[Any, ...]] = {}
    for part in parts:
        for key in ("$anchor", "$dynamicAnchor"):
            name = part.get(key)
            if isinstance(name, str):
                found[name] = () if name in found else (part,)
    return found


class Definition:
    """What a reference names: read once, and not before somebody asks."""

    def __init__(self, schema: Any, read: Callable[[Any], Claim]) -> None:
        self._schema = schema
        self._read = read
        self._claim: Claim | None = None
        self.sound = False

    def __call__(self) -> Claim:
        """What it asks of a value.

        Raises:
            GaveUpError: It asks for itself, without any part of the value in between.
        """
        if not self.sound:
            _refuse_loops(self)
        return self.claim()

    def claim(self) -> Claim:
        """The same, without a look at what it refers to."""
        if self._claim is None:
            self._claim = self._read(self._schema)
        return self._claim

    def direct(self) -> Iterator[Definition]:
        """The definitions that it asks the same value to keep."""
        todo = [self.claim().term]
        while todo:
            term = todo.pop()
            if isinstance(term, Every):
                todo += [claim.term for claim in term.claims]
            elif isinstance(term, Reference) and isinstance(term.body, Definition):
                yield term.body


def _refuse_loops(start: Definition) -> None:
    path = {start: start.direct()}
    while path:
        definition, below = next(reversed(path.items()))
        following = next((one for one in below if not one.sound), None)
        if following is None:
            definition.sound = True
            del path[definition]
        elif following in path:
            raise GaveUpError("a reference leads back to itself")
        else:
            path[following] = following.direct()
