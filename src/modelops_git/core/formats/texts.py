"""Texts: JSON, and the models that XGBoost and LightGBM write as text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from modelops_git.core.formats.inspection import Inspection
from modelops_git.core.formats.jsontext import MAX_JSON, whole_json

if TYPE_CHECKING:
    from modelops_git.core.formats.look import Look
    from modelops_git.core.formats.reading import View

JSON_START: Final = re.compile(
    rb'(?:\xef\xbb\xbf)?[ \t\r\n]*(?:\{[ \t\r\n]*["}]|\[[ \t\r\n]*[\[\]{"0-9tfn-])'
)
LIGHTGBM: Final = re.compile(rb"tree\r?\nversion=v\d")
UBJ: Final = re.compile(rb"\{L\x00{7}\x07learner\{|\{[iU]\x07learner\{")
_LEARNER = re.compile(rb'\s*\{\s*"(?:learner|version)"\s*:')
_XGBOOST_KEYS = frozenset({"learner", "version", "Config"})
_LIGHTGBM_ENDS = (b"\nend of trees", b"\nend of parameters")
_HEAD, _TAIL = 4096, 1 << 20


def judge_json(_look: Look, view: View) -> Inspection | None:
    """What a file is that begins as JSON; None where that cannot be, since it is no text."""
    head = view.at(0, _HEAD)
    if not is_text(head):
        return None
    if not _LEARNER.match(head):
        return Inspection("json")
    return _xgboost(view)


def _xgboost(view: View) -> Inspection:
    """What begins as a model of XGBoost: read whole up to a size; of a larger one the end must be there."""
    if view.size > MAX_JSON:
        is_whole = view.at(view.size - 64, 64).rstrip().endswith(b"}")
        return Inspection("xgboost-json", mismatch="" if is_whole else "it is cut off")
    model, why = whole_json(view)
    if isinstance(model, dict) and isinstance(model.get("learner"), dict) and "version" in model:
        strange = sorted(model.keys() - _XGBOOST_KEYS)
        why = f"XGBoost writes no {strange[0][:60]!r}" if strange else ""
        return Inspection("xgboost-json", mismatch=why)
    if why and re.search(rb'"(?:learner_model_param|gradient_booster)"', view.at(0, view.size)):
        return Inspection("xgboost-json", mismatch=f"it {why}")
    return Inspection("json")


def judge_ubj(_look: Look, view: View) -> Inspection:
    """What a file is that begins as a model of XGBoost in UBJSON; no more is looked at."""
    is_whole = view.at(view.size - 1, 1) == b"}"
    return Inspection("xgboost-ubj", mismatch="" if is_whole else "it is cut off")


def judge_lightgbm(_look: Look, view: View) -> Inspection:
    """What a file is that begins as a model of LightGBM: whole, if the end of its trees is there."""
    tail = view.at(max(0, view.size - _TAIL), _TAIL)
    if b"\0" in tail or b"\0" in view.at(0, _HEAD):
        return Inspection("lightgbm-text", mismatch="it is no text")
    is_whole = any(mark in tail for mark in _LIGHTGBM_ENDS)
    return Inspection("lightgbm-text", mismatch="" if is_whole else "it is cut off")


def is_text(head: bytes) -> bool:
    """Whether bytes are UTF-8 without a NUL, where the end may cut a character."""
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.reason == "unexpected end of data" and error.start >= len(head) - 3
    return "\x00" not in text
