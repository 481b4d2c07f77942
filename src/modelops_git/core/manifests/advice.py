"""What to do about a value of a wrong type or form, in terms of what was written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from modelops_git.core.manifests import shape as shapes
from modelops_git.core.manifests.nodes import ListNode, Scalar
from modelops_git.core.manifests.wording import bare, listed

if TYPE_CHECKING:
    from modelops_git.core.manifests.base import Form
    from modelops_git.core.manifests.nodes import Node
    from modelops_git.core.manifests.shape import Shape
    from modelops_git.core.manifests.wording import Key

_HEX = re.compile(r"(?:sha256:)?([0-9a-fA-F]+)", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_OFFSET = re.compile(r".*[-+]\d\d:?\d\d", re.ASCII)
_ODD_NUMBER = re.compile(r"\+?(-?)0*([0-9]*)(\.?)([0-9]*)", re.ASCII)
_FEW = 8


def advice_on(node: Node, shape: Shape, keys: tuple[Key, ...]) -> str:
    """What to write where `node` is of another type than `shape`."""
    if isinstance(node, Scalar) and node.style == "plain" and not node.value:
        return _on_nothing(shape, keys)
    if isinstance(shape, shapes.ListShape):
        return _on_list(node)
    if isinstance(shape, shapes.PartShape | shapes.ChoiceShape | shapes.MapShape):
        return _on_mapping(node, shape)
    if isinstance(shape, shapes.NumberShape):
        return f"Write digits only, such as {'12' if shape.whole else '12 or 0.5'}, without a unit."
    return f"Write {shape.wanted}."


def _on_nothing(shape: Shape, keys: tuple[Key, ...]) -> str:
    if isinstance(shape, shapes.NumberShape) and keys and str(keys[-1]).isdigit():
        return "A comma ends a value here: write a decimal point, as in 0.5, and no separators."
    return f"Write {shape.wanted} behind the colon. What stands behind ` #` is a comment."


def _on_list(node: Node) -> str:
    if isinstance(node, Scalar):
        return f'Write ["{bare(node.value)}"].'
    return "Write each item on a line of its own, behind `- `."


def _on_mapping(node: Node, shape: Shape) -> str:
    start = "Remove the `- `, and write" if isinstance(node, ListNode) else "Write"
    if isinstance(shape, shapes.PartShape):
        names = shape.required or tuple(shape.fields)
        more = ", …" if len(names) > _FEW else ""
        return f"{start} its fields as `key: value`: {listed(names[:_FEW])}{more}."
    if isinstance(shape, shapes.ChoiceShape):
        return f"{start} its fields as `key: value`, beginning with `{shape.tag}`."
    return f"{start} `name: value` for each entry."


def advice_on_form(form: Form, text: str) -> str:
    """What to write for `text`, which is not of a form; empty where an example says it best."""
    if "hex digits" in form.says:
        return _on_digits(form, text)
    if "public key" in form.says:
        return _on_key(text)
    near = (
        text.strip(),
        text.lower(),
        text.strip("\"'“”"),
        text.removeprefix("v"),
        f"{text}.0",
        f"{text}.0.0",
    )
    better = next((one for one in near if one != text and form.matches(one)), "")
    if better:
        return f"Write {bare(better)}."
    if form.judge is not None and form.own and re.fullmatch(form.pattern, text, re.ASCII):
        return "There is no such day or time."
    return _on_time(form, text) or _on_unit(form, text)


def _on_key(text: str) -> str:
    if "PRIVATE KEY" in text:
        return "Write the public key of the pair: what `openssl pkey -in FILE -pubout` prints."
    if not text.lstrip().startswith("-----"):
        return "Write the text of the key itself, below `public_key: |` and further to the right."
    return (
        "Write what `openssl pkey -in FILE -pubout` prints, with its first and its last line, for an EC key."
    )


def _on_digits(form: Form, text: str) -> str:
    if form.matches(text.lower()):
        return "Write it in lower case."
    if form.matches(f"sha256:{text}"):
        return "Write `sha256:` before it."
    if form.matches(text.removeprefix("sha256:")):
        return "Leave out `sha256:`; the field's name says it."
    match = _HEX.fullmatch(text)
    return f"It has {len(match[1]):,} digits: copy the whole of it." if match else ""


def _on_time(form: Form, text: str) -> str:
    if form.matches(f"{text}Z"):
        return f"Write {bare(text)}Z if that is the time in UTC; else convert it."
    if not form.matches("2026-06-02T15:30:00Z"):
        return ""
    if _DAY.fullmatch(text):
        return f"Write the time of the day too: {text}T00:00:00Z."
    return (
        f"Convert it to UTC and write Z for the zone, as in {form.example}."
        if _OFFSET.fullmatch(text)
        else ""
    )


def _on_unit(form: Form, text: str) -> str:
    units = [f"{text}{unit}" for unit in ("s", "m", "h", "d", "%") if form.matches(f"{text}{unit}")]
    return f"Write the unit too: {listed(units, 'or')}." if units and text.isdigit() else ""


def number_hint(text: str) -> str:
    """How JSON writes a number that is nearly one of JSON's: `.5`, `00.5`, `+5`, `5.`."""
    match = _ODD_NUMBER.fullmatch(text)
    if match is None:
        return "Write a number as JSON does: digits and a point, such as 12 or 0.5."
    sign, whole, _, fraction = match.groups()
    return f"Write {bare(sign + (whole or '0') + (fraction and f'.{fraction}'))}."
