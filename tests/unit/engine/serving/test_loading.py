"""From a route to a version that answers, and all that keeps one from being loaded."""

from __future__ import annotations

import os
import shutil

import pytest

from modelops_git.core.digests import canonical_json
from modelops_git.core.errors import RefusedError, StoreError, TargetError
from modelops_git.edges import loaders
from modelops_git.edges.loaders.base import ModelError
from modelops_git.edges.stores.base import StoreChangedError
from modelops_git.engine.inspecting import Rules
from modelops_git.engine.serving.loading import USUAL, Manner, load_version
from served import ALLOWED, MODEL, NUMBERS, doubling, serve_onnx, served

FLOWER = [5.1, 3.5, 1.4, 0.2]
INTERFACE = {"input": NUMBERS, "output": NUMBERS}


@pytest.fixture
def at(tmp_path):
    return serve_onnx(tmp_path, doubling())


def load(at, rules=ALLOWED, manner=USUAL):
    return load_version(at.root, MODEL, at.route, rules, manner)


def codes(error):
    return [finding.code for finding in error.value.findings]


def test_a_version_answers_by_its_interface(at):
    loaded = load(at)
    assert loaded.predict([[1, 2, 3, 4], [0, 0, 0, 0.5]]) == [[2, 4, 6, 8], [0, 0, 0, 1]]
    assert loaded.document.manifest.version == "1.0.0"
    assert loaded.interface["input"] == NUMBERS
    assert [(one.name, one.datatype, one.shape) for one in loaded.inputs] == [("x", "FP32", (-1, 4))]


def test_a_changed_byte_is_found(at):
    data = bytearray(doubling())
    data[-1] ^= 1
    (at.folder / "model.onnx").write_bytes(data)
    with pytest.raises(RefusedError, match=r"model\.onnx has SHA-256") as error:
        load(at)
    assert codes(error) == ["MOG403"]


def test_a_file_that_is_cut_off_is_found(at):
    (at.folder / "model.onnx").write_bytes(doubling()[:-9])
    with pytest.raises(RefusedError) as error:
        load(at)
    assert codes(error) == ["MOG402"]


def test_a_file_more_is_found(at):
    (at.folder / "custom.so").write_bytes(b"\x7fELF")
    with pytest.raises(RefusedError) as error:
        load(at)
    assert codes(error) == ["MOG404"]


def test_a_file_less_is_found(at):
    (at.folder / "model.onnx").unlink()
    with pytest.raises(RefusedError) as error:
        load(at)
    assert codes(error) == ["MOG401"]


def test_a_folder_that_is_gone_is_found(at):
    shutil.rmtree(at.root / "files")
    with pytest.raises((RefusedError, StoreError)):
        load(at)


def test_a_link_is_not_followed(at, tmp_path):
    (tmp_path / "elsewhere.onnx").write_bytes(doubling())
    (at.folder / "model.onnx").unlink()
    (at.folder / "model.onnx").symlink_to(tmp_path / "elsewhere.onnx")
    with pytest.raises((RefusedError, StoreError), match="symbolic link"):
        load(at)


def test_a_format_that_the_registry_does_not_allow_is_not_loaded(at):
    with pytest.raises(RefusedError, match=r"modelops\.yaml does not allow") as error:
        load(at, Rules(frozenset({"safetensors"})))
    assert codes(error) == ["MOG408"]


def test_a_manifest_that_was_changed_is_not_believed(at):
    data = at.manifest.read_bytes().replace(b"A model.", b"Another.")
    at.manifest.write_bytes(data)
    with pytest.raises(TargetError, match=r"has the digest .* and the route"):
        load(at)


def test_a_manifest_of_another_model_is_not_believed(at):
    with pytest.raises(TargetError, match=f"names the manifest of {MODEL}"):
        load_version(at.root, "team/other", at.route, ALLOWED)


def test_a_route_to_other_files_than_those_of_its_manifest_is_refused(at):
    route = at.route.model_copy(update={"artifacts": "sha256:" + "0" * 64})
    with pytest.raises(TargetError, match="or other files"):
        load_version(at.root, MODEL, route, ALLOWED)


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"\xff", b"[" * 100_000, b'{"kind":"Model"}'])
def test_what_is_no_manifest_is_an_error_of_the_target(at, data):
    from modelops_git.core.digests import of_bytes

    route = at.route.model_copy(update={"digest": of_bytes(data)})
    (at.root / "manifests" / f"{route.digest[7:]}.json").write_bytes(data)
    with pytest.raises(TargetError, match="is no manifest of a version"):
        load_version(at.root, MODEL, route, ALLOWED)


def test_without_a_manifest_the_clone_is_asked(at):
    at.manifest.unlink()
    with pytest.raises(TargetError, match="has no manifest at") as error:
        load(at)
    assert "modelops apply" in error.value.hint
    asked = []

    def find(model, route):
        asked.append((model, route.version))
        return canonical_json(at.written)

    assert load(at, manner=Manner(find)).predict([FLOWER])
    assert asked == [(MODEL, "1.0.0")]


def test_what_the_clone_says_is_believed_for_its_digest_only(at):
    at.manifest.unlink()
    with pytest.raises(TargetError, match="has the digest"):
        load(at, manner=Manner(lambda _model, _route: b"{}"))


def meddled(monkeypatch, meddle):
    """Have somebody meddle while the model is loaded."""
    real = loaders.loader_of

    def loader_of(source):
        def load_it(again):
            predictor = real(source)(again)
            meddle(source.folder)
            return predictor

        return load_it

    monkeypatch.setattr("modelops_git.engine.serving.loading.loader_of", loader_of)


def replaced(folder):
    new = folder.parent / "new"
    shutil.copyfile(folder / "model.onnx", new)
    times = (folder / "model.onnx").stat()
    os.utime(new, ns=(times.st_atime_ns, times.st_mtime_ns))
    new.replace(folder / "model.onnx")


@pytest.mark.parametrize(
    "meddle",
    [
        shutil.rmtree,
        lambda folder: (folder / "model.onnx").write_bytes(b"x"),
        lambda folder: (folder / "more.so").write_bytes(b"x"),
        replaced,
    ],
)
def test_what_changes_while_it_is_loaded_is_refused(at, monkeypatch, meddle):
    meddled(monkeypatch, meddle)
    with pytest.raises(StoreChangedError, match=r"changed while team/iris 1\.0\.0 was loaded"):
        load(at)


def test_the_bytes_that_are_loaded_are_hashed_once_more(at, monkeypatch):
    real = loaders.loader_of

    def loader_of(source):
        (source.folder / "model.onnx").write_bytes(doubling()[:-1] + b"x")
        return real(source)

    monkeypatch.setattr("modelops_git.engine.serving.loading.loader_of", loader_of)
    with pytest.raises(StoreError, match="SHA-256"):
        load(at)


def test_a_damaged_model_is_an_error_that_says_what_the_runtime_says(tmp_path):
    from onnx import helper

    from served import FLOAT, graph

    node = helper.make_node("NoSuchOperator", ["x"], ["y"])
    data = graph([node], [("x", FLOAT, ["n", 4])], [("y", FLOAT, ["n", 4])])
    with pytest.raises(ModelError, match=r"onnxruntime does not load team/iris 1\.0\.0: .*NoSuchOperator"):
        load(serve_onnx(tmp_path, data))


def test_several_models_are_an_error(tmp_path):
    files = {"a.onnx": (doubling(), "model"), "b.onnx": (doubling(), "model")}
    with pytest.raises(ModelError, match=r"has 2 ONNX models, a\.onnx, b\.onnx"):
        load(served(tmp_path, files, INTERFACE))


def test_other_files_may_lie_beside_the_model(tmp_path):
    files = {"model.onnx": (doubling(), "model"), "labels.json": (b'["a"]', "config")}
    assert load(served(tmp_path, files, INTERFACE)).predict([FLOWER])


def test_weights_beside_the_graph_are_read(tmp_path):
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    weights = numpy_helper.from_array(__import__("numpy").full((4,), 2, "float32"), "w")
    node = helper.make_node("Mul", ["x", "w"], ["y"])
    value = helper.make_tensor_value_info
    made = helper.make_graph(
        [node],
        "g",
        [value("x", TensorProto.FLOAT, ["n", 4])],
        [value("y", TensorProto.FLOAT, ["n", 4])],
        [weights],
    )
    model = helper.make_model(made, ir_version=8, opset_imports=[helper.make_opsetid("", 17)])
    out = tmp_path / "out"
    out.mkdir()
    onnx.save(model, out / "m.onnx", save_as_external_data=True, location="m.data", size_threshold=0)
    files = {
        "m.onnx": ((out / "m.onnx").read_bytes(), "model"),
        "m.data": ((out / "m.data").read_bytes(), "other"),
    }
    at = served(tmp_path / "live", files, INTERFACE)
    assert load(at).predict([[1, 2, 3, 4]]) == [[2, 4, 6, 8]]


def test_a_model_that_its_interface_does_not_describe_is_refused(tmp_path):
    wrong = {"input": NUMBERS, "output": {"type": "object", "properties": {"a": {}, "b": {}}}}
    with pytest.raises(ModelError, match="has the properties a, b, and the model one tensor, y"):
        load(serve_onnx(tmp_path, doubling(), wrong))


def test_a_schema_that_names_another_document_is_refused_and_nothing_is_fetched(tmp_path):
    wrong = {"input": {"$ref": "http://127.0.0.1:9/schema.json"}, "output": NUMBERS}
    with pytest.raises(ModelError, match="no input can be checked by the schema"):
        load(serve_onnx(tmp_path, doubling(), wrong))


def test_a_version_that_is_closed_answers_no_more(at):
    loaded = load(at)
    loaded.close()
    with pytest.raises(ModelError, match="is no longer loaded"):
        loaded.predict([FLOWER])
