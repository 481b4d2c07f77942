"""Loaders and architectures that other packages bring, as installed distributions with entry points."""

from __future__ import annotations

import importlib
import sys
import textwrap

import numpy as np
import pytest
from safetensors.numpy import save

from modelops_git.core import digests
from modelops_git.core.routes import Route
from modelops_git.edges.loaders.base import ModelError
from modelops_git.engine.inspecting import Rules
from modelops_git.engine.serving.loading import load_version
from served import ALLOWED, MODEL, NUMBERS, doubling, manifest, row, served

NUMBER = {"type": "number"}
INTERFACE = {"input": NUMBERS, "output": NUMBER}
CODE = """
    import json
    from modelops_git.edges.loaders.base import TensorSpec
    from modelops_git.edges.loaders.schemas import by_interface

    def linear(tensors, source):
        weight, bias = tensors["weight"], tensors["bias"]
        return by_interface(source, lambda given: {"output": given["input"] @ weight + bias})

    def fails(tensors, source):
        raise KeyError("weight")

    class Table:
        inputs = (TensorSpec("word", "BYTES", (-1,)),)
        outputs = (TensorSpec("number", "INT64", (-1,)),)

        def __init__(self, table):
            self.table = table

        def infer(self, tensors):
            import numpy as np
            return {"number": np.array([self.table[word] for word in tensors["word"]])}

    def odd(source):
        found = Table({"one": 1})
        found.outputs = (("number", "INT64", (-1,)),)
        return found

    def broken(source):
        return source.nothing

    def gives(value):
        def load(source):
            found = Table({})
            found.infer = lambda tensors: value
            return found
        return load

    no_output = gives({})
    no_array = gives({"number": [[1], [2, 3]]})
    not_finite = gives({"number": [{"a": float("nan")}]})
    no_numbers = gives({"number": [{"a": "b"}]})
    objects = gives({"number": [object()]})
    nothing = gives(None)
    too_many = gives({"number": [1, 2]})
    plain = gives({"number": [7]})

    def table(source):
        (file,) = source.models()
        return Table(json.loads(source.read(file.path)))
"""


@pytest.fixture
def shipped(tmp_path, monkeypatch):
    """A distribution on the path, as pip would have unpacked it."""

    def ship(name, groups):
        site = tmp_path / "site"
        about = site / f"{name}-1.0.dist-info"
        about.mkdir(parents=True)
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        lines = [f"[{group}]\n" + "\n".join(rows) for group, rows in groups.items()]
        (about / "entry_points.txt").write_text("\n".join(lines) + "\n")
        (site / f"{name}.py").write_text(textwrap.dedent(CODE))
        monkeypatch.syspath_prepend(str(site))
        importlib.invalidate_caches()
        monkeypatch.delitem(sys.modules, name, raising=False)

    return ship


def of_algorithm(root, algorithm, files):
    """A version of safetensors files whose manifest states an algorithm."""
    rows = [row(path, data) for path, data in files.items()]
    written = manifest(rows, INTERFACE) | ({"algorithm": algorithm} if algorithm else {})
    at = served(root, {path: (data, "model") for path, data in files.items()}, INTERFACE)
    route = Route(**at.route.model_dump() | {"digest": digests.of_json(written)})
    (root / "manifests" / f"{route.digest[7:]}.json").write_bytes(digests.canonical_json(written))
    return load_version(root, MODEL, route, ALLOWED)


WEIGHT = {"weight": np.array([1, 10, 100, 1000.0])}
BIAS = {"bias": np.array(0.5)}


def test_weights_are_computed_with_by_what_is_installed_for_their_algorithm(tmp_path, shipped):
    shipped("acme_nets", {"modelops_git.safetensors": ["Linear = acme_nets:linear"]})
    loaded = of_algorithm(tmp_path, "Linear", {"model.safetensors": save(WEIGHT | BIAS)})
    assert loaded.predict([[1, 2, 3, 4], [0, 0, 0, 0]]) == [4321.5, 0.5]
    assert [one.name for one in loaded.inputs] == ["input"]


def test_weights_may_lie_in_several_files(tmp_path, shipped):
    shipped("acme_nets", {"modelops_git.safetensors": ["Linear = acme_nets:linear"]})
    files = {"a-1.safetensors": save(WEIGHT), "a-2.safetensors": save(BIAS)}
    assert of_algorithm(tmp_path, "Linear", files).predict([[1, 0, 0, 0]]) == [1.5]


def test_a_tensor_in_two_files_is_refused(tmp_path, shipped):
    shipped("acme_nets", {"modelops_git.safetensors": ["Linear = acme_nets:linear"]})
    files = {"a-1.safetensors": save(WEIGHT), "a-2.safetensors": save(WEIGHT | BIAS)}
    with pytest.raises(ModelError, match="has the tensor weight in two files"):
        of_algorithm(tmp_path, "Linear", files)


def test_without_an_algorithm_nobody_knows_what_computes(tmp_path):
    with pytest.raises(ModelError, match="states no algorithm") as error:
        of_algorithm(tmp_path, "", {"model.safetensors": save(WEIGHT)})
    assert "modelops_git.safetensors" in error.value.hint


def test_an_algorithm_that_is_not_installed_is_named_with_its_group(tmp_path):
    with pytest.raises(ModelError, match="whose algorithm is Other") as error:
        of_algorithm(tmp_path, "Other", {"model.safetensors": save(WEIGHT)})
    assert "modelops_git.safetensors" in error.value.hint


def test_what_is_installed_may_fail(tmp_path, shipped):
    shipped("acme_nets", {"modelops_git.safetensors": ["Linear = acme_nets:fails", "Gone = acme_nets:gone"]})
    with pytest.raises(ModelError, match="Linear cannot be built of team/iris"):
        of_algorithm(tmp_path, "Linear", {"model.safetensors": save(WEIGHT)})
    with pytest.raises(ModelError, match=r"acme_nets:gone, which is Gone of .* cannot be imported"):
        of_algorithm(tmp_path, "Gone", {"model.safetensors": save(WEIGHT)})


WORDS = {"input": {"type": "string"}, "output": {"type": "integer"}}
LOOKUP = Rules(frozenset({"lookup"}))


def test_a_format_of_somebody_else_is_loaded_by_their_package(tmp_path, shipped):
    shipped("acme_tables", {"modelops_git.loaders": ["lookup = acme_tables:table"]})
    at = served(tmp_path, {"words.json": (b'{"one": 1, "two": 2}', "model", "lookup")}, WORDS)
    loaded = load_version(at.root, MODEL, at.route, LOOKUP)
    assert loaded.predict(["two", "one"]) == [2, 1]
    with pytest.raises(ModelError, match="failed: 'three'"):
        loaded.predict(["three"])


def test_a_format_that_nothing_loads_names_the_entry_point(tmp_path):
    at = served(tmp_path, {"words.json": (b'{"one": 1}', "model", "lookup")}, WORDS)
    with pytest.raises(ModelError, match="nothing here loads lookup files") as error:
        load_version(at.root, MODEL, at.route, LOOKUP)
    assert "an entry point of the group modelops_git.loaders whose name is lookup" in error.value.hint


def test_two_packages_for_one_format_are_refused(tmp_path, shipped):
    shipped("acme_tables", {"modelops_git.loaders": ["lookup = acme_tables:table"]})
    shipped("other_tables", {"modelops_git.loaders": ["lookup = other_tables:table"]})
    at = served(tmp_path, {"words.json": (b'{"one": 1}', "model", "lookup")}, WORDS)
    with pytest.raises(ModelError, match="several packages bring lookup"):
        load_version(at.root, MODEL, at.route, LOOKUP)


def test_what_this_release_loads_is_loaded_by_it(tmp_path, shipped):
    shipped("acme_onnx", {"modelops_git.loaders": ["onnx = acme_onnx:fails"]})
    same = {"input": NUMBERS, "output": NUMBERS}
    at = served(tmp_path, {"model.onnx": (doubling(), "model")}, same)
    assert load_version(at.root, MODEL, at.route, ALLOWED).predict([[1, 2, 3, 4]]) == [[2, 4, 6, 8]]


def test_models_of_two_formats_are_refused(tmp_path):
    files = {"a.onnx": (doubling(), "model"), "b.safetensors": (save(WEIGHT), "model")}
    at = served(tmp_path, files, {"input": NUMBERS, "output": NUMBERS})
    with pytest.raises(ModelError, match="a model of several formats: onnx, safetensors"):
        load_version(at.root, MODEL, at.route, ALLOWED)


def test_a_version_without_a_model_is_refused(tmp_path):
    at = served(tmp_path, {"labels.json": (b"[]", "config")}, {"input": NUMBERS, "output": NUMBERS})
    with pytest.raises(ModelError, match="has no file that is a model"):
        load_version(at.root, MODEL, at.route, ALLOWED)


def loaded_by(name, tmp_path, shipped):
    shipped("acme_tables", {"modelops_git.loaders": [f"lookup = acme_tables:{name}"]})
    at = served(tmp_path, {"words.json": (b'{"one": 1}', "model", "lookup")}, WORDS)
    return load_version(at.root, MODEL, at.route, LOOKUP)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("odd", r"gives \('number', 'INT64', \(-1,\)\) for a tensor"),
        ("broken", "cannot be loaded: 'Source' object has no attribute 'nothing'"),
        ("nothing_there", "cannot be imported"),
    ],
)
def test_a_loader_that_does_not_keep_its_word_is_found_when_it_loads(tmp_path, shipped, name, message):
    with pytest.raises(ModelError, match=message):
        loaded_by(name, tmp_path, shipped)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("no_output", "gave no number"),
        ("no_array", "no array"),
        ("not_finite", "NaN or infinity"),
        ("no_numbers", "something else than numbers"),
        ("objects", "something else than numbers, texts and booleans"),
        ("nothing", "failed"),
        ("too_many", "does not fit 1 instances"),
    ],
)
def test_a_model_that_gives_anything_else_than_it_said_fails_by_itself(tmp_path, shipped, name, message):
    loaded = loaded_by(name, tmp_path, shipped)
    with pytest.raises(ModelError, match=message):
        loaded.predict(["one"])


def test_a_model_may_give_plain_lists(tmp_path, shipped):
    assert loaded_by("plain", tmp_path, shipped).predict(["one"]) == [7]
