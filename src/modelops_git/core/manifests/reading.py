"""From nodes to JSON as written: every scalar is typed by what its position is for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from modelops_git.core.manifests import shape as shapes
from modelops_git.core.manifests.nodes import ListNode, MapNode, Scalar
from modelops_git.core.manifests.scalars import ambiguity, as_number, core_value, is_json_number
from modelops_git.core.manifests.wording import bare as _bare
from modelops_git.core.manifests.wording import capital, defect, found, pointer_of, shown, spoken

if TYPE_CHECKING:
    from modelops_git.core.findings import Edit, Finding
    from modelops_git.core.manifests.base import Form
    from modelops_git.core.manifests.nodes import Entry, Node
    from modelops_git.core.manifests.shape import ChoiceShape, NumberShape, PartShape, Shape
    from modelops_git.core.manifests.wording import Key, Source

MANY_TEXTS = 10_000  # in a file with fewer, the models may tell of all
_NULLS = {"", "~", "null", "Null", "NULL"}
_ZERO_FIRST = re.compile(r"[-+]?0[0-9o]", re.ASCII)
_NOT_FINITE = re.compile(r"[-+]?\.?(?:inf|nan)", re.ASCII | re.IGNORECASE)
_YES, _NO = {"y", "yes", "on", "true"}, {"n", "no", "off", "false"}


class Amiss(NamedTuple):
    """A mistake of which the models tell.

    Attributes:
        sort: pydantic's name for it.
        keys: Where it is.
        shape: What belongs there.
    """

    sort: str
    keys: tuple[Key, ...]
    shape: Shape


class Reading:
    """One pass over a document.

    Attributes:
        source: The document's text level.
        limit: How many findings are kept; more are only counted.
        findings: What is wrong, so far.
        faulty: The pointers of values that are wrong already, of which nothing more should be said.
        dropped: How many findings came after the limit.
        amiss: What else is wrong, of which the models tell: the first ones, up to the limit.
        amisses: How many there are.
    """

    __slots__ = ("_texts", "amiss", "amisses", "dropped", "faulty", "findings", "limit", "source")

    def __init__(self, source: Source, limit: int) -> None:
        """Nothing is wrong so far."""
        self.source = source
        self.limit = limit
        self.findings: list[Finding] = []
        self.faulty: set[str] = set()
        self.dropped = 0
        self.amiss: list[Amiss] = []
        self.amisses = 0
        self._texts = 0

    def read(self, node: Node, shape: Shape, keys: tuple[Key, ...] = ()) -> Any:
        """The JSON that `node` stands for at a position of `shape`; whatever comes near where it is wrong."""
        if isinstance(shape, shapes.OptionalShape):
            return None if _is_null(node) else self.read(node, shape.shape, keys)
        if isinstance(shape, shapes.EitherShape) and not isinstance(node, ListNode):
            chosen = shape.scalar if isinstance(node, Scalar) else shape.mapping
            return self.read(node, chosen, keys)
        if isinstance(node, MapNode):
            return self._map(node, shape, keys)
        if isinstance(node, ListNode):
            return self._list(node, shape, keys)
        return self._scalar(node, shape, keys)

    def _map(self, node: MapNode, shape: Shape, keys: tuple[Key, ...]) -> Any:
        if isinstance(shape, shapes.ChoiceShape):
            shape = _chosen(node, shape)
        if not isinstance(shape, shapes.PartShape | shapes.MapShape | shapes.OpenShape):
            return self._wrong(node, shape, keys, "a mapping")
        if isinstance(shape, shapes.PartShape):
            self._count_fields(node, shape, keys)
        elif _has_free_keys(shape):
            for key, entry in node.by_key.items():
                if not _is_cut_number(entry, shape):
                    self._check_plain(entry.key, (*keys, key), "A key")
        return {
            key: self.read(entry.value, shapes.step(shape, key), (*keys, key))
            for key, entry in node.by_key.items()
        }

    def _count_fields(self, node: MapNode, shape: PartShape, keys: tuple[Key, ...]) -> None:
        for name in shape.required:
            if name not in node.by_key:
                self._count("missing", (*keys, name), shapes.UNKNOWN)
        if not node.by_key.keys() <= shape.fields.keys():
            for name in node.by_key:
                if name not in shape.fields:
                    self._count("extra_forbidden", (*keys, name), shapes.UNKNOWN)

    def _count(self, sort: str, keys: tuple[Key, ...], shape: Shape) -> None:
        """Count what the models tell of; of a hundred thousand they would tell at too great a length."""
        self.amisses += 1
        if len(self.amiss) < self.limit:
            self.amiss.append(Amiss(sort, keys, shape))

    def _list(self, node: ListNode, shape: Shape, keys: tuple[Key, ...]) -> Any:
        if not isinstance(shape, shapes.ListShape | shapes.OpenShape):
            return self._wrong(node, shape, keys, "a list")
        item = shapes.step(shape, 0)
        return [self.read(each, item, (*keys, index)) for index, each in enumerate(node.items)]

    def _scalar(self, node: Scalar, shape: Shape, keys: tuple[Key, ...]) -> Any:
        match shape:
            case shapes.TextShape(form):
                self._texts += 1
                return self._text(node, form, keys)
            case shapes.WordShape(words):
                if node.value and node.value not in words:
                    self._count("literal_error", keys, shape)
                return node.value or self._wrong(node, shape, keys, "empty")
            case shapes.NumberShape():
                return self._number(node, shape, keys)
            case shapes.BooleanShape():
                return self._boolean(node, shape, keys)
            case shapes.OpenShape(known):
                return self._open(node, keys) if known else node.value
        return self._wrong(node, shape, keys, _written(node))

    def _text(self, node: Scalar, form: Form, keys: tuple[Key, ...]) -> Any:
        if node.style == "plain" and not node.value:
            return self._wrong(node, shapes.TextShape(form), keys, "empty (null)")
        # What is not of the field's form is told by the model: quotes would not mend it.
        reads = "" if form.own or node.style != "plain" else ambiguity(node.value)
        if reads and form.matches(node.value):
            self._ambiguous(node, keys, reads)
        if self._texts > MANY_TEXTS and not form.matches(node.value):
            self._count("form", keys, shapes.TextShape(form))
        return node.value

    def _number(self, node: Scalar, shape: NumberShape, keys: tuple[Key, ...]) -> Any:
        if node.style != "plain":
            return self._quoted_number(node, shape, keys)
        try:
            value = _core(node)
        except ValueError as error:
            return self._no_json(node, keys, error)
        if is_json_number(node.value):
            fits = not shape.whole or isinstance(value, int)
            return value if fits else self._wrong(node, shape, keys, found(value))
        from modelops_git.core.manifests.advice import number_hint

        hint = "" if isinstance(value, bool | str | None) else number_hint(node.value)
        return self._wrong(node, shape, keys, _written(node), (hint, ()))

    def _quoted_number(self, node: Scalar, shape: Shape, keys: tuple[Key, ...]) -> Any:
        if not is_json_number(node.value):
            return self._wrong(node, shape, keys, _written(node))
        hint = f"Write {_bare(node.value)} without quotes."
        edits = self.source.replacing(node, node.value)
        return self._wrong(node, shape, keys, _written(node), (hint, edits))

    def _boolean(self, node: Scalar, shape: Shape, keys: tuple[Key, ...]) -> Any:
        word = node.value.lower()
        if node.style == "plain" and node.value in {"true", "false"}:
            return node.value == "true"
        if word not in _YES | _NO:
            return self._wrong(node, shape, keys, _written(node))
        meant = "true" if word in _YES else "false"
        edits = self.source.replacing(node, meant)
        return self._wrong(node, shape, keys, _written(node), (f"Write {meant}.", edits))

    def _open(self, node: Scalar, keys: tuple[Key, ...]) -> Any:
        try:
            value = _core(node)
        except ValueError as error:
            return self._no_json(node, keys, error)
        if isinstance(value, str):
            self._check_plain(node, keys)
        elif _ZERO_FIRST.match(node.value):
            self._octal(node, keys, value)
        return value

    def _no_json(self, node: Scalar, keys: tuple[Key, ...], error: ValueError) -> Any:
        if self._is_full():
            return ""
        if _NOT_FINITE.fullmatch(node.value):
            hint = "Write a number, or leave the field out: JSON has neither infinity nor NaN."
        else:
            hint = "Quote it where it may be a text: readers of JSON do not agree on such numbers."
        return self._note("MOG115", f"{capital(spoken(keys))}: {error}", node, keys, (hint, ()))

    def _octal(self, node: Scalar, keys: tuple[Key, ...], value: Any) -> None:
        if self._is_full():
            return
        bare = _bare(node.value)
        message = f"{capital(spoken(keys))} is {bare}, which some YAML readers take for another number."
        edits = self.source.replacing(node, str(value), safe=False)
        self._note("MOG109", message, node, keys, (f'Write {value}, or "{bare}" for a text.', edits))

    def _check_plain(self, node: Scalar, keys: tuple[Key, ...], what: str = "") -> None:
        reads = ambiguity(node.value) if node.style == "plain" else ""
        if reads:
            self._ambiguous(node, keys, reads, what)

    def _ambiguous(self, node: Scalar, keys: tuple[Key, ...], reads: str, what: str = "") -> None:
        if self._is_full():
            return
        name = what or capital(spoken(keys))
        message = f"{name} is {_bare(node.value)} without quotes, which some YAML readers take for {reads}."
        edits = self.source.replacing(node, f'"{node.value}"')
        self._note("MOG109", message, node, keys, (f'Write "{_bare(node.value)}".', edits))

    def _wrong(
        self,
        node: Node,
        shape: Shape,
        keys: tuple[Key, ...],
        what: str,
        advice: tuple[str, tuple[Edit, ...]] = ("", ()),
    ) -> Any:
        if not self._is_full():
            from modelops_git.core.manifests.advice import advice_on

            message = f"{capital(spoken(keys))} is {what}, not {shape.wanted}."
            hint, edits = advice
            self._note("MOG114", message, node, keys, (hint or advice_on(node, shape, keys), edits))
        return _stand_in(node)

    def _is_full(self) -> bool:
        """Whether another finding is only counted; its words would cost more than reading the document."""
        full = len(self.findings) >= self.limit
        self.dropped += full
        return full

    def _note(
        self,
        code: str,
        message: str,
        node: Node,
        keys: tuple[Key, ...],
        advice: tuple[str, tuple[Edit, ...]],
    ) -> str:
        pointer = pointer_of(keys)
        if code != "MOG109":
            self.faulty.add(pointer)
        hint, edits = advice
        self.findings.append(defect(code, message, self.source.at(node.start, pointer), hint, edits))
        return ""


def _core(node: Scalar) -> Any:
    """What a scalar is by YAML 1.2, and by JSON where it is a number.

    Raises:
        ValueError: It is a number that JSON cannot carry.
    """
    if node.style == "plain" and is_json_number(node.value):
        return as_number(node.value)
    return core_value(node.value, node.style)


def _chosen(node: MapNode, shape: ChoiceShape) -> Shape:
    """The shape of the member that the tag names; unknown where it names none."""
    entry = node.by_key.get(shape.tag)
    word = entry.value if entry else None
    return shape.parts.get(word.value, shapes.UNKNOWN) if isinstance(word, Scalar) else shapes.UNKNOWN


def _has_free_keys(shape: Shape) -> bool:
    return isinstance(shape, shapes.MapShape) or (isinstance(shape, shapes.OpenShape) and shape.known)


def _is_cut_number(entry: Entry, shape: Shape) -> bool:
    """Whether this is what is left of `{accuracy: 0,97}`: enough is said of the number that is missing."""
    if not isinstance(shape, shapes.MapShape) or not isinstance(shape.value, shapes.NumberShape):
        return False
    return _is_null(entry.value) and entry.key.value.isdigit()


def _is_null(node: Node) -> bool:
    return isinstance(node, Scalar) and node.style == "plain" and node.value in _NULLS


def _written(node: Scalar) -> str:
    if node.style == "plain":
        return _bare(node.value) if node.value else "empty (null)"
    return f"the text {shown(node.value)}"


def _stand_in(node: Node) -> Any:
    """What to go on with instead of a value of a wrong type: a text, or an empty container of its sort."""
    if isinstance(node, Scalar):
        return node.value
    return [] if isinstance(node, ListNode) else {}
