"""skops files: real ones, and those in which something else is than skops writes."""

from __future__ import annotations

import io
import json
import zipfile

import numpy as np
import pytest
import skops.io
from skops.io._audit import NODE_TYPE_MAPPING

from modelfiles import Loads, array, judged, skops_file, zipped
from modelops_git.core.formats.skops import NODES


def changed(change, **more):
    """A real file whose schema was changed, with more members."""
    source = zipfile.ZipFile(io.BytesIO(skops_file()))
    members = {name: source.read(name) for name in source.namelist()}
    schema = json.loads(members["schema.json"])
    change(schema)
    return zipped({**members, "schema.json": json.dumps(schema), **more})


def test_every_node_of_the_library_is_known():
    assert {name for name, _ in NODE_TYPE_MAPPING} <= NODES | {"CachedNode"}


@pytest.mark.parametrize(
    "value",
    [{"a": [1, 2.5, None]}, np.arange(3), b"bytes", bytearray(b"x"), np.array(["x", None], object), {1, 2}],
    ids=["values", "array", "bytes", "bytearray", "objects", "set"],
)
def test_values_that_it_writes_are_sound(value):
    assert judged(skops.io.dumps(value), "m.skops")[:3] == ("skops", "", "")


def test_without_its_name_it_is_a_zip_file():
    assert judged(skops_file(), "m.zip").format == "zip"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (zipped({"schema.json": b"{}"}), "not that of skops"),
        (zipped({"schema.json": b"oops"}), "no JSON"),
        (zipped({"schema.json": b'{"protocol": 1, "protocol": 2}'}), "twice"),
        (changed(lambda schema: schema.pop("__loader__")), "no node"),
        (changed(lambda schema: schema.update(__loader__="EvilNode")), "a node 'EvilNode'"),
        (changed(lambda schema: schema.update(more={"__loader__": "X"})), "a node 'X'"),
        (changed(lambda schema: schema.update(file="gone.npy")), "it lacks 'gone.npy'"),
        (changed(lambda _: None, **{"run.py": b"print()"}), "skops writes no 'run.py'"),
        (changed(lambda _: None, **{"1.npy": array(np.arange(3))[:-1]}), "cut off"),
    ],
)
def test_what_skops_would_not_write_is_named(data, says):
    found = judged(data, "m.skops")
    assert found.format == "skops"
    assert says in found.mismatch


def test_a_pickle_among_its_files_is_a_pickle():
    objects = array(np.array([Loads()], object), allow_pickle=True)
    found = judged(changed(lambda _: None, **{"1.npy": objects}), "m.skops")
    assert found.format == "pickle"
    assert found.inside.startswith("1.npy")


def test_code_that_it_names_is_noted():
    evil = {"__class__": "system", "__module__": "os", "__loader__": "FunctionNode"}
    assert "os.system" in judged(changed(lambda schema: schema.update(more=evil)), "m.skops").notes[0]
