import stat

import pytest

from modelops_git.core.errors import RefusedError
from modelops_git.engine.files import create_file, inside


def test_a_new_file_is_written_with_its_folders_and_nothing_is_left_beside_it(tmp_path):
    path = tmp_path / "a" / "b" / "c.yaml"
    assert create_file(path, "text\n") is True
    assert path.read_bytes() == b"text\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert list(path.parent.iterdir()) == [path]


def test_what_is_there_stays_whatever_it_is(tmp_path):
    path = tmp_path / "c.yaml"
    path.symlink_to(tmp_path / "nowhere")
    assert create_file(path, "text\n") is False
    assert path.is_symlink()
    assert not (tmp_path / "nowhere").exists()


def test_a_link_out_of_the_registry_is_not_followed(tmp_path):
    (tmp_path / "root").mkdir()
    (tmp_path / "outside").mkdir()
    (tmp_path / "root" / "models").symlink_to(tmp_path / "outside")
    with pytest.raises(RefusedError):
        inside(tmp_path / "root", "models/x.yaml")
    assert inside(tmp_path / "root", "analyses/x.yaml") == tmp_path / "root" / "analyses" / "x.yaml"
