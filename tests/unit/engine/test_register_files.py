"""Which files `register` takes, and what it says of all others."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import socket
import zlib
from unittest.mock import patch

import onnx
import pytest

from modelops_git.engine.registering import artifacts
from versions import POINTER
from workshop import NEW, Workshop, onnx_bytes, refused

PICKLE = pickle.dumps({"weights": [1.0]})
INTERFACE = {"interface": {"protocol": "json", "input": True, "output": True}}


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """One registry for all: each test registers a model of its own, or none."""
    return Workshop(tmp_path_factory.mktemp("files") / "shop")


@pytest.fixture
def folder(desk):
    """An empty folder beside the registry."""
    path = desk.folder / "out"
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir()
    return path


def fields(desk, **more):
    return ("--metadata", desk.file("fields.json", json.dumps(INTERFACE | more)))


def test_a_folder_keeps_its_inner_paths_and_leaves_hidden_files_out(desk, folder):
    for path in ("model.onnx", "b/vocab.txt", "b/a/config.json", ".env", ".cache/x"):
        desk.file(path, onnx_bytes() if path == "model.onnx" else "{}")
    done = desk.register(folder, *NEW, model="nested", check=True)
    rows = desk.written("1.0.0", "nested")["artifacts"]
    assert [(row["path"], row["role"]) for row in rows] == [
        ("model.onnx", "model"),
        ("b/vocab.txt", "tokenizer"),
        ("b/a/config.json", "config"),
    ]
    assert "Hidden, and so left out:" in done.err
    assert ".env" in done.err
    stored = desk.folder / "store/nested"
    assert next(stored.rglob("config.json")).parent.name == "a"


@pytest.mark.parametrize("name", ["a b.onnx", "mödel ñ 模型.onnx", "-x.onnx", ".hidden.onnx", "a=b,c.onnx"])
def test_any_safe_name_is_taken(desk, folder, name):
    desk.file(name, onnx_bytes())
    model = f"names/m{len(name)}"
    desk.register(folder / name, *NEW, model=model, check=True)
    assert desk.written("1.0.0", model)["artifacts"][0]["path"] == name
    assert desk.modelops("verify", model).code == 0


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("a\nb.onnx", "holds a control character"),
        ("a\x1b[31m.onnx", "holds a control character"),
        ("a\u202eb.onnx", "holds a control character"),
        (b"\xff.onnx", "holds a control character"),
        ("e\u0301.onnx", "normalization form C"),
        ("a\\b.onnx", "holds a backslash"),
        ("C:x.onnx", "is absolute"),
    ],
)
def test_an_unsafe_name_is_refused_and_printed_without_harm(desk, folder, name, says):
    file = folder / os.fsdecode(name)
    file.write_bytes(onnx_bytes())
    done = desk.register(file, *NEW)
    refused(done, "MOG406", says, "Rename the file.")
    assert done.err.replace("\n", "").isprintable()


def test_what_is_no_file_is_refused_all_at_once(desk, folder, tmp_path_factory):
    desk.file("model.onnx", onnx_bytes())
    (folder / "link.onnx").symlink_to("model.onnx")
    (folder / "linked").symlink_to(folder)
    os.mkfifo(folder / "pipe")
    with socket.socket(socket.AF_UNIX) as made:
        short = tmp_path_factory.mktemp("s") / "s"
        made.bind(str(short))
        shutil.move(short, folder / "socket")
    refused(
        desk.register(folder, *NEW),
        *("link.onnx is a symbolic link", "linked is a symbolic link", "Name what it points to"),
        *("pipe is no regular file", "socket is no regular file"),
    )
    refused(desk.register(folder / "link.onnx", *NEW), "is a symbolic link")
    refused(desk.register(folder / "pipe", *NEW), "is no regular file")


def test_all_paths_at_which_there_is_nothing_are_named(desk):
    refused(desk.register("no.onnx", "nor.txt", *NEW), "there is nothing at no.onnx and nor.txt", code=2)


@pytest.mark.parametrize("path", [".", "..", ".git", ".git/HEAD"])
def test_the_registry_does_not_register_itself(desk, path):
    refused(desk.register(path, *NEW), code=2)


@pytest.mark.parametrize("hidden", [True, False])
def test_a_folder_without_a_visible_byte_is_refused(desk, folder, hidden):
    if hidden:
        desk.file(".model.onnx", onnx_bytes())
    refused(desk.register(folder, *NEW), "MOG405", "hidden ones are left out")


BAD = {
    "empty": ("model.onnx", b"", "MOG405"),
    "a pointer": ("model.onnx", POINTER, "Run `git lfs pull`"),
    "a pickle": ("model.pkl", PICKLE, "MOG408"),
    "a pickle by another name": ("model.onnx", PICKLE, "of the format pickle by its content"),
    "an old pickle": ("model.onnx", pickle.dumps(int, protocol=0), "MOG408"),
    "random": ("model.onnx", bytes(range(255, 0, -1)), "model.onnx is not an ONNX file"),
    "text": ("model.onnx", b"<html>not found</html>", "MOG409"),
    "cut off": ("model.onnx", onnx_bytes()[:-20], "model.onnx is no sound ONNX file"),
    "no safetensors": ("model.safetensors", b"\xff" * 64, "is not a safetensors file"),
    "unknown": ("model.bin", b"\xff" * 64, "of no format that is known"),
}


@pytest.mark.parametrize("stated", [True, False], ids=["interface stated", "not stated"])
@pytest.mark.parametrize("name", BAD)
def test_a_file_that_is_no_good_model_is_refused(desk, folder, name, stated):
    path, data, says = BAD[name]
    desk.file(path, data)
    desk.file("config.json", "{}")
    words = fields(desk) if stated else ()
    refused(desk.register(folder / path, folder / "config.json", *NEW, *words), says)


def test_a_damaged_model_among_several_is_refused(desk):
    paths = (desk.file("a.onnx", onnx_bytes()), desk.file("b.onnx", onnx_bytes()[:-20]))
    refused(desk.register(*paths, *NEW, *fields(desk)), "b.onnx is no sound ONNX file")


@pytest.mark.parametrize("kind", ["onnx", "gguf", "safetensors", "skops"])
def test_the_metadata_cannot_claim_a_format_that_the_content_lacks(desk, kind):
    model = desk.file("model.data", b"\xff" * 64)
    claim = {"artifacts": [{"path": "model.data", "role": "model", "format": kind}]}
    refused(desk.register(model, *NEW, *fields(desk, **claim)), "MOG409", "its content is another")


@pytest.mark.parametrize("kind", ["onnx", "safetensors", "tflite"])
def test_a_compressed_pickle_does_not_pass_by_a_lie(desk, kind):
    model = desk.file("model.data", zlib.compress(PICKLE))
    claim = {"artifacts": [{"path": "model.data", "role": "config", "format": kind}]}
    refused(
        desk.register(model, *NEW, *fields(desk, **claim)), "MOG408", "of the format joblib by its content"
    )


def test_a_model_whose_name_says_nothing_may_be_called_onnx_if_it_is(desk):
    claim = {"artifacts": [{"path": "model.bin", "role": "model", "format": "onnx"}]}
    words = (desk.file("model.bin", onnx_bytes()), *NEW, *fields(desk, **claim))
    desk.register(*words, model="plain", check=True)
    assert desk.written("1.0.0", "plain")["artifacts"][0]["format"] == "onnx"


def test_a_reason_in_the_metadata_allows_nothing(desk):
    words = fields(desk, unsafe_format_reason="The runtime knows nothing else until May.")
    refused(desk.register(desk.file("model.pkl", PICKLE), *NEW, *words), "MOG408", "ask for an exception")


@pytest.fixture
def lenient(desk):
    """The same registry, where some models may be pickles for ever and another could be until yesterday."""
    registry = desk.clone / "modelops.yaml"
    before = registry.read_text()
    rows = [("excepted", "2999-12-31"), ("ended", "2026-01-31")]
    lines = [
        f"    - {{models: [{model}], formats: [pickle, joblib], until: {day}, reason: The runtime.}}\n"
        for model, day in rows
    ]
    registry.write_text(f"{before}formats:\n  exceptions:\n{''.join(lines)}")
    yield desk
    registry.write_text(before)


def test_a_pickle_under_an_exception_is_registered_as_what_it_is(lenient):
    words = fields(lenient, unsafe_format_reason="The runtime knows nothing else until May.")
    lenient.register(lenient.file("model.pkl", PICKLE), *NEW, *words, model="excepted", check=True)
    written = lenient.written("1.0.0", "excepted")
    assert written["artifacts"][0]["format"] == "pickle"
    assert written["unsafe_format_reason"]


def test_an_exception_that_has_ended_is_named_with_its_last_day(lenient):
    done = lenient.register(lenient.file("model.pkl", PICKLE), *NEW, *fields(lenient), model="ended")
    refused(done, "MOG408", "the exception for pickle ended on 2026-01-31")


def test_a_pickle_under_an_exception_still_has_to_pass_the_scanner(lenient):
    bad = lenient.file("model.pkl", b"cos\nsystem\n(S'true'\ntR.")
    done = lenient.register(bad, *NEW, *fields(lenient), model="excepted")
    refused(done, "MOG408", "is dangerous, says picklescan", "system")


def test_what_nobody_can_look_into_is_refused_whatever_it_is_for(desk):
    archive = desk.file("notes.7z", b"7z\xbc\xaf\x27\x1c" + bytes(40))
    done = desk.register(desk.file("model.onnx", onnx_bytes()), archive, *NEW)
    refused(done, "MOG410", "notes.7z could hold anything")


def test_a_chat_template_is_noted(desk):
    key, text = b"tokenizer.chat_template", b"{{ 1 }}"
    parts = (b"GGUF", (3).to_bytes(4, "little"), bytes(8), (1).to_bytes(8, "little"))
    pair = len(key).to_bytes(8, "little") + key + (8).to_bytes(4, "little") + len(text).to_bytes(8, "little")
    model = desk.file("model.gguf", b"".join(parts) + pair + text)
    done = desk.register(model, *NEW, *fields(desk), model="chats", check=True)
    assert "model.gguf: it holds a chat template" in done.err


def test_two_files_of_the_same_name_are_refused_with_a_way_out(desk, folder):
    one, other = desk.file("a/m.onnx", onnx_bytes()), desk.file("b/m.onnx", onnx_bytes(5))
    done = desk.register(one, other, *NEW)
    refused(done, f"m.onnx is also the name of {one}", "name a folder that holds both")
    refused(desk.register(one, one, *NEW), "m.onnx is named twice", "Name it once.")
    desk.register(folder, "--role", "b/m.onnx=preprocessor", *NEW, model="two", check=True)
    assert [row["path"] for row in desk.written("1.0.0", "two")["artifacts"]] == ["a/m.onnx", "b/m.onnx"]


def test_several_models_ask_which_is_the_model(desk, folder):
    desk.file("a.onnx", onnx_bytes())
    desk.file("b.onnx", onnx_bytes(5))
    refused(desk.register(folder, *NEW), "several ONNX models, a.onnx, b.onnx", "--role b.onnx=preprocessor")


def test_weights_beside_the_model_that_are_not_registered_are_noted(desk, folder):
    model = onnx.load_from_string(onnx_bytes())
    path = folder / "m/model.onnx"
    path.parent.mkdir()
    onnx.save_model(model, path, save_as_external_data=True, location="w.data", size_threshold=0)
    assert "weights in w.data, which is not among" in desk.register(path, *NEW, model="cut").err
    assert desk.register(folder, *NEW, model="whole").err == ""


def test_a_file_that_cannot_be_read_is_an_error_of_the_world(desk):
    model = desk.file("model.onnx", onnx_bytes())
    with patch.object(artifacts, "_open", side_effect=PermissionError(13, "Permission denied")):
        refused(desk.register(model, *NEW), "Permission denied", "Check the permissions", code=3)


def test_a_link_from_the_models_out_of_the_registry_is_not_followed(desk, folder):
    (desk.clone / "models").mkdir(exist_ok=True)
    (desk.clone / "models/away").symlink_to(folder)
    done = desk.register(desk.file("model.onnx", onnx_bytes()), *NEW, model="away")
    (desk.clone / "models/away").unlink()
    assert done.code == 1, done
    assert sorted(path.name for path in folder.iterdir()) == ["model.onnx"]


def tree(desk):
    desk.file("model.onnx", onnx_bytes())
    for path in ("b.json", "a.json", "in/c.json", "in/er/d.json", ".hidden/e.json", "in/.f.json"):
        desk.file(path, "{}")


@pytest.mark.parametrize(
    ("pattern", "paths"),
    [
        ("*.json", ["a.json", "b.json"]),
        ("?.json", ["a.json", "b.json"]),
        ("[a]*.json", ["a.json"]),
        ("**/*.json", ["a.json", "b.json", "in/c.json", "in/er/d.json"]),
        ("in/**", ["c.json", "er/d.json"]),
        ("**", ["a.json", "b.json", "in/c.json", "in/er/d.json"]),
        ("*/c.json", ["in/c.json"]),
        ("i*", ["in/c.json", "in/er/d.json"]),
        ("*/er", ["in/er/d.json"]),
        ("in/.*.json", [".f.json"]),
        (".h*/*", [".hidden/e.json"]),
    ],
)
def test_a_pattern_in_quotes_takes_what_it_matches_by_name(desk, folder, pattern, paths):
    tree(desk)
    model = desk.file("../apart/model.onnx", onnx_bytes())
    (folder / "model.onnx").unlink()
    where = f"globs/p{abs(hash(pattern))}"
    desk.register(model, folder / pattern, *NEW, model=where, check=True)
    assert [row["path"] for row in desk.written("1.0.0", where)["artifacts"]] == ["model.onnx", *paths]


def test_a_pattern_that_matches_nothing_says_so(desk, folder):
    tree(desk)
    refused(desk.register(folder / "*.bin", *NEW), "nothing matches", "out/*.bin", code=2)
    refused(desk.register(folder / "none/**/*.bin", *NEW), "nothing matches", code=2)


def test_a_name_with_a_wildcard_in_it_is_that_file(desk, folder):
    desk.file("model[1]*.onnx", onnx_bytes())
    desk.file("model1.onnx", onnx_bytes(5))
    desk.register(folder / "model[1]*.onnx", *NEW, model="globs/real", check=True)
    (row,) = desk.written("1.0.0", "globs/real")["artifacts"]
    assert row["path"] == "model[1]*.onnx"


@pytest.mark.parametrize("pattern", ["*.onnx", "**/*.onnx", "*/m.onnx", "l*"])
def test_links_that_a_pattern_meets_are_refused(desk, folder, pattern):
    desk.file("model.onnx", onnx_bytes())
    desk.file("real/m.onnx", onnx_bytes())
    (folder / "link.onnx").symlink_to("model.onnx")
    (folder / "linked").symlink_to("real")
    refused(desk.register(folder / pattern, *NEW), "MOG406", "is a symbolic link")


def test_what_two_patterns_both_match_is_named_twice(desk, folder):
    tree(desk)
    done = desk.register(folder / "*.json", folder / "a*", *NEW)
    refused(done, "a.json is named twice")


def test_a_pattern_over_the_registry_itself_is_refused(desk):
    refused(desk.register(desk.clone.parent / "*", *NEW), "holds the registry itself", code=2)


@pytest.mark.slow
def test_ten_thousand_small_files_are_one_version_and_one_more_is_too_many(desk, folder):
    desk.file("model.onnx", onnx_bytes())
    for number in range(9_999):
        desk.file(f"index/{number // 100:03}/{number:05}.txt", f"{number}")
    done = desk.register(folder, *NEW, model="many", check=True)
    assert "and 9,950 more" in done.out
    assert len(desk.written("1.0.0", "many")["artifacts"]) == 10_000
    assert desk.modelops("validate").code == 0
    assert desk.modelops("verify", "many").code == 0
    desk.file("one.txt", "more")
    refused(desk.register(folder, *NEW, model="toomany"), "more than 10,000 files")
