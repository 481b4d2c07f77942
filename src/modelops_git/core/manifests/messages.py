"""From pydantic's errors to findings in our own words; nothing of pydantic's reaches a user."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Any

from modelops_git.core.manifests import shape as shapes
from modelops_git.core.manifests.advice import advice_on_form
from modelops_git.core.manifests.faults import NO_VALUE, Context, Fault, bare, fault_of, shape_at, value_at
from modelops_git.core.manifests.nodes import key_at
from modelops_git.core.manifests.wording import (
    NAME_RULE,
    capital,
    defect,
    found,
    listed,
    pointer_of,
    shown,
    shown_key,
    spoken,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from pydantic_core import ErrorDetails

    from modelops_git.core.findings import Edit, Finding
    from modelops_git.core.manifests.base import Form
    from modelops_git.core.manifests.shape import Shape
    from modelops_git.core.manifests.wording import Key

_LONGEST_GUESS = 64
_BOUNDS = {
    "greater_than_equal": ("ge", "less than", "at least"),
    "greater_than": ("gt", "not more than", "more than"),
    "less_than_equal": ("le", "more than", "at most"),
    "less_than": ("lt", "not less than", "less than"),
}


def findings_of(errors: Iterable[ErrorDetails], context: Context, faulty: set[str]) -> list[Finding]:
    """The findings that pydantic's `errors` amount to, but for values at `faulty` pointers."""
    return told([fault_of(error, context.shape) for error in errors], context, faulty)


def told(faults: Iterable[Fault], context: Context, faulty: set[str]) -> list[Finding]:
    """The findings on `faults`, but for values at `faulty` pointers."""
    faults = list(faults)
    missing: dict[tuple[Key, ...], list[str]] = {}
    findings = []
    misspelt = {_meant(fault, context) for fault in faults if fault.sort == "extra_forbidden"}
    for fault in faults:
        if fault.sort == "missing" and fault.keys in misspelt:
            continue
        if fault.sort == "missing" and fault.pointer not in faulty:
            missing.setdefault(fault.keys[:-1], []).append(str(fault.keys[-1]))
        elif fault.on_key or (fault.pointer not in faulty and not _is_echo(fault, context)):
            findings.append(_SPEAKERS.get(fault.sort, _wrong_type)(fault, context))
    return findings + [_missing(keys, names, context) for keys, names in missing.items()]


def _meant(fault: Fault, context: Context) -> tuple[Key, ...]:
    """Where the field should be for which an unknown one was written; of that one it is enough to speak."""
    *around, _ = fault.keys
    parent = shape_at(tuple(around), context)
    known = tuple(parent.fields) if isinstance(parent, shapes.PartShape) else ()
    meant, _ = _guess(fault, known, context)
    return (*around, meant)


def _is_echo(fault: Fault, context: Context) -> bool:
    """Whether this is pydantic's word that a list is too short because all of its items are wrong."""
    return fault.sort == "too_short" and bool(value_at(fault, context))


def _missing(keys: tuple[Key, ...], names: Sequence[str], context: Context) -> Finding:
    owner = shape_at(keys, context)
    message = f"{capital(spoken(keys, context.kind))} lacks {listed(names)}."
    needs = [f"`{name}` ({_needed(shapes.step(owner, name), names)})" for name in names]
    return defect("MOG113", message, context.source.key_place(keys), f"Add {', '.join(needs)}.")


def _needed(shape: Shape, names: Sequence[str]) -> str:
    """What a field wants; of a single one with an example."""
    form = shape.form if isinstance(shape, shapes.TextShape) else shapes.ANY_TEXT
    example = f", such as {form.example}" if len(names) == 1 and form.example != "any words" else ""
    return f"{shape.wanted}{example}"


def _unknown(fault: Fault, context: Context) -> Finding:
    *around, key = fault.keys
    name, parent = str(key), shape_at(tuple(around), context)
    known = tuple(parent.fields) if isinstance(parent, shapes.PartShape) else ()
    message = (
        f"{capital(spoken(around, context.kind))}{_member_said(parent)} has no field `{shown_key(name)}`."
    )
    meant, edits = _guess(fault, known, context)
    hint = f"Did you mean `{meant}`?" if meant else f"Its fields are {listed(known)}." if known else ""
    if name.isdigit():
        hint = "A comma ends a value here: write numbers without separators, and with a decimal point."
    return defect("MOG112", message, context.source.key_place(fault.keys), hint, edits)


def _member_said(parent: Shape) -> str:
    """Which member of a union was chosen, where `parent` is one."""
    field = parent.fields.get("type") if isinstance(parent, shapes.PartShape) else None
    words = field.shape.words if field and isinstance(field.shape, shapes.WordShape) else ()
    return f", of type `{words[0]}`," if len(words) == 1 else ""


def _guess(fault: Fault, known: tuple[str, ...], context: Context) -> tuple[str, tuple[Edit, ...]]:
    """The field that was meant, and the edit that renames the key where only the case of words differs."""
    name = str(fault.keys[-1])
    if len(name) > _LONGEST_GUESS:
        return "", ()
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[- ]", "_", name).lower()
    scalar = key_at(context.source.root, fault.pointer)
    if snake in known and scalar is not None:
        taken = key_at(context.source.root, pointer_of((*fault.keys[:-1], snake))) is not None
        return snake, () if taken else context.source.replacing(scalar, snake)
    near = difflib.get_close_matches(snake, known, n=1)
    return (near[0] if near else ""), ()


def _bad_form(fault: Fault, context: Context) -> Finding:
    if fault.on_key:
        return _bad_key(fault, context)
    form = fault.shape.form if isinstance(fault.shape, shapes.TextShape) else shapes.ANY_TEXT
    value, place = value_at(fault, context), context.source.place(fault.keys)
    if isinstance(value, str) and not value.strip():
        message = f"{capital(spoken(fault.keys))} is empty, not {form.says}."
        return defect(form.code, message, place, f"Write for example {form.example}.")
    if isinstance(value, str) and len(value) > form.longest:
        message = (
            f"{capital(spoken(fault.keys))} has {len(value):,} characters; {form.longest:,} is the most."
        )
        return defect(form.code, message, place, "Make it shorter.")
    message = f"{capital(spoken(fault.keys))} is {shown(value)}, not {form.says}."
    advice = advice_on_form(form, value) if isinstance(value, str) else ""
    return defect(form.code, message, place, advice or _form_hint(form))


def _bad_key(fault: Fault, context: Context) -> Finding:
    *around, key = fault.keys
    owner = bare(shape_at(tuple(around), context))
    form = owner.key if isinstance(owner, shapes.MapShape) else shapes.ANY_TEXT
    message = f"{capital(spoken(around, context.kind))} has the key {shown(key)}, which is not {form.says}."
    return defect(form.code, message, context.source.key_place(fault.keys), _form_hint(form))


def _form_hint(form: Form) -> str:
    return f"Write for example {form.example}.{' ' + NAME_RULE if form.code == 'MOG117' else ''}"


def _bad_word(fault: Fault, context: Context) -> Finding:
    value = value_at(fault, context)
    words = fault.shape.words if isinstance(fault.shape, shapes.WordShape) else ()
    return _not_among(fault.keys, value, words, context)


def _not_among(keys: tuple[Key, ...], value: Any, words: tuple[str, ...], context: Context) -> Finding:
    allowed = shapes.WordShape(words).wanted
    message = f"{capital(spoken(keys))} is {shown(value)}, not {allowed}."
    text = value if isinstance(value, str) and len(value) <= _LONGEST_GUESS else ""
    near = difflib.get_close_matches(text.lower(), words, n=1)
    hint = f"Did you mean `{near[0]}`?" if near else f"Write {allowed}."
    return defect("MOG115", message, context.source.place(keys), hint)


def _bad_tag(fault: Fault, context: Context) -> Finding:
    """A union's member that no tag, or an unknown one, names."""
    choice = fault.shape.mapping if isinstance(fault.shape, shapes.EitherShape) else fault.shape
    value = value_at(fault, context)
    if not isinstance(choice, shapes.ChoiceShape) or not isinstance(value, dict):
        return _wrong_type(fault, context)
    words = tuple(choice.parts)
    if choice.tag in value:
        return _not_among((*fault.keys, choice.tag), value[choice.tag], words, context)
    message = f"{capital(spoken(fault.keys))} lacks {listed([choice.tag])}."
    hint = f"Add `{choice.tag}`: {shapes.WordShape(words).wanted}."
    return defect("MOG113", message, context.source.key_place(fault.keys), hint)


def _out_of_range(fault: Fault, context: Context) -> Finding:
    name, is_now, words = _BOUNDS[fault.sort]
    bound = shown(fault.details[name])
    message = f"{capital(spoken(fault.keys))} is {shown(value_at(fault, context))}, {is_now} {bound}."
    return defect("MOG115", message, context.source.place(fault.keys), f"It must be {words} {bound}.")


def _too_few(fault: Fault, context: Context) -> Finding:
    message = f"{capital(spoken(fault.keys))} is empty."
    hint = "Give at least one entry, or leave the field out where it is optional."
    return defect("MOG115", message, context.source.place(fault.keys), hint)


def _not_given(fault: Fault, context: Context) -> Finding:
    """Too few or too many of some optional fields."""
    names, given = fault.details["names"], fault.details["given"]
    owner = capital(spoken(fault.keys, context.kind))
    place = context.source.key_place(fault.keys)
    if given:
        message = f"{owner} has {listed(given)}, which exclude each other."
        return defect("MOG115", message, place, f"Keep {listed(given, 'or')}.")
    return defect("MOG113", f"{owner} has none of {listed(names)}.", place, f"Add {listed(names, 'or')}.")


def _no_schema(fault: Fault, context: Context) -> Finding:
    message = f"{capital(spoken(fault.keys))} is {found(value_at(fault, context))}, not a JSON Schema."
    hint = "A JSON Schema is a mapping, or true or false."
    return defect("MOG114", message, context.source.place(fault.keys), hint)


def _no_text(fault: Fault, context: Context) -> Finding:
    message = f"{capital(spoken(fault.keys, context.kind))} holds half of a surrogate pair, which is no text."
    return defect("MOG115", message, context.source.place(fault.keys), "Remove escapes from D800 to DFFF.")


def _wrong_type(fault: Fault, context: Context) -> Finding:
    value = value_at(fault, context)
    what = "absent" if value is NO_VALUE else found(value)
    message = f"{capital(spoken(fault.keys, context.kind))} is {what}, not {fault.shape.wanted}."
    return defect("MOG114", message, context.source.place(fault.keys))


_SPEAKERS: dict[str, Callable[[Fault, Context], Finding]] = {
    "extra_forbidden": _unknown,
    "form": _bad_form,
    "given": _not_given,
    "json_invalid": _no_text,
    "json_schema": _no_schema,
    "literal_error": _bad_word,
    "too_short": _too_few,
    "union_tag_invalid": _bad_tag,
    "union_tag_not_found": _bad_tag,
    **dict.fromkeys(_BOUNDS, _out_of_range),
}
