"""What `register` leaves behind when it fails half way: nothing, or what a second try needs not repeat."""

from __future__ import annotations

import errno
from datetime import UTC, datetime
from unittest.mock import patch

import pytest

from modelops_git.core.errors import LostRaceError, RefusedError
from modelops_git.edges.git.repository import find_registry
from modelops_git.edges.stores import publishing
from modelops_git.edges.stores.file import FileStore
from modelops_git.engine import files, register
from modelops_git.engine.register import draft, gather, publish
from modelops_git.engine.registering import storing
from modelops_git.engine.registering.request import NewModel, Request
from workshop import NEW, Workshop, onnx_bytes, refused

FULL = OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture
def desk(tmp_path):
    return Workshop(tmp_path / "shop")


@pytest.fixture
def model(desk):
    desk.file("v/model.onnx", onnx_bytes())
    desk.file("v/notes.txt", "many words")
    return desk.folder / "out/v"


def is_untouched(desk):
    return desk.git("status", "--porcelain") == ""


def unfinished(desk):
    return list(desk.folder.rglob(".modelops-*"))


def drafted(desk, *paths):
    """A draft that is ready to be published."""
    described = NewModel("A model.", ("ml",), "low")
    now = datetime(2026, 6, 2, tzinfo=UTC)
    request = Request("iris", paths, {"summary": "First."}, new_model=described, now=now)
    with patch.dict("os.environ", desk.env):
        return draft(gather(find_registry(desk.clone), request))


def succeeds(desk, model):
    """A second try does all that the first one did not."""
    done = desk.register(model, *NEW, check=True)
    assert "Registered iris 1.0.0" in done.out
    assert desk.modelops("verify").code == 0
    assert desk.modelops("validate", "--all").code == 0
    assert unfinished(desk) == []
    return True


@pytest.mark.parametrize("write", [0, 1], ids=["at the first file", "at the second"])
def test_a_full_disk_of_the_store_leaves_no_manifest_and_no_half_file(desk, model, write):
    fill, calls = publishing.fill, []

    def filling(file, source, *more):
        calls.append(file)
        if len(calls) > write:
            file.write(source.read(3))
            raise FULL
        fill(file, source, *more)

    with patch.object(publishing, "fill", filling):
        refused(desk.register(model, *NEW), "No space left", "Make room on the disk", code=3)
    assert is_untouched(desk)
    assert unfinished(desk) == []
    assert succeeds(desk, model)


def stored(_put, parcels, _executor):
    """Files that are in the store: they have no versions."""
    return [""] * len(parcels)


@pytest.mark.parametrize("write", [0, 1], ids=["at the model's manifest", "at the version's"])
def test_a_full_disk_of_the_registry_leaves_no_manifest_at_all(desk, model, write):
    sync, calls = files.os.fsync, []

    def syncing(descriptor):
        calls.append(descriptor)
        if len(calls) > 2 * write:  # the file, then its folder
            raise FULL
        sync(descriptor)

    made = drafted(desk, model)
    with patch.object(files.os, "fsync", syncing), patch.object(register, "put_all", stored):
        refused(desk.register(model, *NEW), "No space left", "Make room on the disk", code=3)
    assert made.files.keys() == {"models/iris/model.yaml", "models/iris/versions/1.0.0.yaml"}
    assert is_untouched(desk)
    assert succeeds(desk, model)


def test_a_file_that_changes_between_hashing_and_storing_is_refused(desk, model):
    made = drafted(desk, model)
    (model / "model.onnx").write_bytes(onnx_bytes(weight=2))
    with pytest.raises(RefusedError, match="changed while it was registered") as caught:
        publish(made)
    assert "nothing writes to it" in caught.value.hint
    assert is_untouched(desk)
    assert succeeds(desk, model)


@pytest.mark.parametrize("becomes", ["nothing", "a link"])
def test_a_file_that_is_replaced_after_hashing_is_refused(desk, model, becomes):
    made = drafted(desk, model)
    (model / "model.onnx").unlink()
    if becomes == "a link":
        (model / "model.onnx").symlink_to(desk.file("other.onnx", onnx_bytes()))
    with pytest.raises(Exception, match=r"model\.onnx"):
        publish(made)
    assert is_untouched(desk)


def test_of_two_drafts_of_the_same_version_one_wins_and_the_other_is_told(desk, model):
    mine = drafted(desk, model)
    theirs = drafted(desk, desk.file("five.onnx", onnx_bytes(5)))
    publish(theirs)
    with pytest.raises(LostRaceError, match="has just been written by another") as caught:
        publish(mine)
    assert "register again" in caught.value.hint
    assert desk.written("1.0.0")["interface"]["input"]["maxItems"] == 5
    assert "iris 2.0.0: MAJOR" in desk.register(model, *NEW).out


def test_bytes_that_are_stored_already_are_not_stored_twice(desk, model):
    """What a killed process has left under the right key is found again."""
    made = drafted(desk, model)
    with (
        patch.object(storing, "create_file", side_effect=KeyboardInterrupt),
        pytest.raises(KeyboardInterrupt),
    ):
        publish(made)
    assert is_untouched(desk)
    with patch.object(publishing, "place", side_effect=AssertionError("stored twice")):
        assert succeeds(desk, model)


def test_other_bytes_under_the_same_key_are_never_overwritten(desk, model):
    made = drafted(desk, model)
    key = f"{made.prefix}model.onnx"
    place = desk.folder / "store" / key
    place.parent.mkdir(parents=True)
    place.write_bytes(b"other")
    refused(desk.register(model, *NEW), "other bytes are stored under this key", code=3)
    assert place.read_bytes() == b"other"
    assert is_untouched(desk)


def test_a_store_that_cannot_be_made_is_an_error_of_the_world(desk, model):
    (desk.folder / "store").write_text("no folder")
    refused(desk.register(model, *NEW), "A file lies where a folder is needed", code=3)
    assert is_untouched(desk)


def test_a_file_where_the_models_folder_should_be_is_an_error_of_the_world(desk, model):
    desk.write("models/iris", "no folder")
    refused(desk.register(model, *NEW), "models/iris/model.yaml", "A file lies where a folder is", code=3)


def test_ctrl_c_while_storing_ends_quietly_and_can_be_repeated(desk, model):
    with patch.object(FileStore, "put", side_effect=KeyboardInterrupt):
        done = desk.register(model, *NEW)
    assert (done.code, done.out) == (130, "")
    assert "Traceback" not in done.err
    assert is_untouched(desk)
    assert succeeds(desk, model)
