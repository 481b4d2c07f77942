"""Tar files of every age, and damaged ones."""

from __future__ import annotations

import io
import pickle
import tarfile

import pytest

from modelfiles import Loads, judged, tarred

EVIL = pickle.dumps(Loads())
FORMATS = {"ustar": tarfile.USTAR_FORMAT, "gnu": tarfile.GNU_FORMAT, "pax": tarfile.PAX_FORMAT}


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("name", ["a/weights", "ä", "n" * 90])
def test_members_are_found_whatever_wrote_them(kind, name):
    data = tarred({"first": b"text", name: EVIL}, format=FORMATS[kind])
    assert judged(data)[0] == "pickle"
    assert judged(data).inside == name
    assert judged(tarred({"first": b"text", name: b"more"}, format=FORMATS[kind]))[:3] == ("tar", "", "")


def test_the_oldest_form_without_a_mark_is_read():
    data = bytearray(tarred({"weights": EVIL}, format=tarfile.USTAR_FORMAT))
    data[257:265] = bytes(8)
    data[148:156] = b" " * 8
    data[148:156] = b"%06o\0 " % sum(data[:512])
    assert judged(bytes(data)).format == "pickle"


def test_a_size_that_a_header_of_its_own_gives_is_the_one_that_counts():
    said = f"{len(f'NN size={len(EVIL)}') + 1} size={len(EVIL)}\n".encode()
    extended, member = tarfile.TarInfo("x"), tarfile.TarInfo("weights")
    extended.type, extended.size = tarfile.XHDTYPE, len(said)
    data = extended.tobuf() + said.ljust(512, b"\0") + member.tobuf() + EVIL.ljust(512, b"\0") + bytes(1024)
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        assert archive.getmembers()[0].size == len(EVIL)
    assert judged(data).format == "pickle"


@pytest.mark.parametrize("cut", [513, 600, 1030])
def test_a_cut_file_is_unscannable(cut):
    found = judged(tarred({"a": b"t" * 600, "b": EVIL})[:cut])
    assert found.unscannable


def test_damage_behind_the_first_member_is_unscannable():
    data = bytearray(tarred({"a": b"text", "b": EVIL}))
    data[1024 + 150] ^= 1
    assert "damaged" in judged(bytes(data)).unscannable


def test_links_and_folders_have_no_content():
    folder = tarfile.TarInfo("folder")
    folder.type = tarfile.DIRTYPE
    folder.size = 99
    assert judged(folder.tobuf() + tarred({"b": EVIL})).format == "pickle"
