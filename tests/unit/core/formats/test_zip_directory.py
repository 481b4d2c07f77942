"""A zip file in which not all readers find the same is none that anybody can judge."""

from __future__ import annotations

import io
import pickle
import struct
import zipfile

import pytest

from modelfiles import Loads, judged, torch_zip, zipped

TEXT = {"a.txt": b"text", "b/c.txt": b"more"}
EVIL = pickle.dumps(Loads())
AMBIGUOUS = "readers would not find the same"


def end_of(data):
    return data.rfind(b"PK\x05\x06")


def streamed(members, method=zipfile.ZIP_DEFLATED):
    """Written to a pipe: sizes come behind the content."""

    class Pipe(io.RawIOBase):
        def __init__(self):
            self.data = b""

        def writable(self):
            return True

        def write(self, part):
            self.data += bytes(part)
            return len(part)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return pipe.data


def large(members):
    """With the fields for files of more than 4 GiB."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in members.items():
            with archive.open(name, "w", force_zip64=True) as member:
                member.write(data)
    return buffer.getvalue()


@pytest.mark.parametrize("make", [zipped, streamed, large])
def test_ordinary_zip_files_are_read(make):
    assert judged(make(TEXT))[:3] == ("zip", "", "")
    assert judged(make({**TEXT, "x": EVIL}))[:1] == ("pickle",)


def test_a_directory_of_very_many_members_is_not_looked_into():
    data = zipped({f"{n}.txt": b"" for n in range(65_600)})
    assert "too many parts" in judged(data).unscannable


def bad_files():
    plain = zipped(TEXT)
    end = end_of(plain)
    hidden = zipped({"x": EVIL})[: zipped({"x": EVIL}).find(b"PK\x01\x02")]
    directory = plain.find(b"PK\x01\x02")
    yield "before", b"GIF89a" + plain
    yield "behind", plain + b"more"
    yield "between", _shifted(plain, hidden, directory)
    yield "comment with an end", plain[: end + 20] + struct.pack("<H", 22) + plain[end : end + 20] + bytes(2)
    yield "count", plain[: end + 8] + b"\x03\0\x03\0" + plain[end + 12 :]
    yield "name", plain.replace(b"a.txt", b"b.txt", 1)
    yield "method", plain[:8] + b"\x08" + plain[9:]
    yield "size", plain[:22] + b"\x03" + plain[23:]
    yield "flag", plain[:6] + b"\x01" + plain[7:]
    yield "cut off", plain[:-30]
    yield "start only", plain[:directory]


def _shifted(data, hidden, directory):
    """`hidden` between the members and the directory."""
    end = end_of(data)
    offset = struct.pack("<L", directory + len(hidden))
    return data[:directory] + hidden + data[directory : end + 16] + offset + data[end + 20 :]


CASES = dict(bad_files())


@pytest.mark.parametrize("case", CASES)
def test_what_readers_would_not_agree_on_is_unscannable(case):
    found = judged(CASES[case], "model.zip")
    assert found.runs_code or found.unscannable, found


def test_members_in_one_another_are_unscannable():
    data = zipped({"a": b"x" * 100})
    directory, end = data.find(b"PK\x01\x02"), end_of(data)
    entry = data[directory:end]
    both = data[:directory] + entry + entry.replace(b"a", b"b")
    size = struct.pack("<2H2L", 2, 2, 2 * len(entry), directory)
    assert AMBIGUOUS in judged(both + data[end : end + 8] + size + bytes(2)).unscannable


@pytest.mark.parametrize("streams", [True, False])
def test_the_zip_of_torch_is_read_by_python_and_by_us(streams):
    data = torch_zip(EVIL, streamed=streams)
    assert zipfile.ZipFile(io.BytesIO(data)).read("archive/data.pkl") == EVIL
    assert judged(data).inside == "archive/data.pkl"


def test_a_member_compressed_in_an_unknown_way_is_unscannable():
    assert "not known" in judged(zipped(TEXT, zipfile.ZIP_LZMA)).unscannable


def test_a_pickle_that_is_called_one_and_cannot_be_read_as_one_is_unscannable():
    assert "its name says" in judged(zipped({"archive/data.pkl": b"\xff" * 40})).unscannable
