"""Real registries in real repositories, for the installed command."""

from __future__ import annotations

import shutil

import pytest

from installed import Registry


@pytest.fixture(scope="session", autouse=True)
def _bytecode(tmp_path_factory):
    """Each call starts as an installed tool does, with its modules compiled; the source tree stays clean."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
        patch.setenv("PYTHONPYCACHEPREFIX", str(tmp_path_factory.mktemp("bytecode")))
        yield


@pytest.fixture
def folder(tmp_path):
    """A folder that is no repository; its name has a space."""
    path = tmp_path / "a folder"
    path.mkdir()
    return Registry(path)


@pytest.fixture
def repository(folder):
    """A repository without a registry."""
    folder.git("init", "--quiet", "--initial-branch=main")
    return folder


@pytest.fixture(scope="session")
def _empty(tmp_path_factory):
    """What `registry` copies."""
    made = Registry(tmp_path_factory.mktemp("empty") / "a folder")
    made.path.mkdir()
    made.git("init", "--quiet", "--initial-branch=main")
    assert made.modelops("init").code == 0
    made.commit()
    return made


@pytest.fixture(scope="session")
def _with_iris(tmp_path_factory, _empty):
    """What `iris` copies."""
    made = _copied(_empty, Registry(tmp_path_factory.mktemp("iris") / "a folder"))
    made.model("iris", metrics={"accuracy": {"evaluation": "holdout", "goal": "maximize"}})
    for number, accuracy in (("1.0.0", 0.95), ("1.1.0", 0.97)):
        holdout = {
            "name": "holdout",
            "kind": "performance",
            "data": {"name": "test", "sha256": "a" * 64},
            "metrics": {"accuracy": accuracy},
        }
        training = {"data": [{"name": "iris", "sha256": number[2] * 64}], "seed": int(number[2])}
        parent = {"parent": "1.0.0"} if number == "1.1.0" else {}
        made.version("iris", number, evaluations=[holdout], training=training, **parent)
    made.commit()
    return made


def _copied(source, copy):
    shutil.copytree(source.path, copy.path, dirs_exist_ok=True)
    copy.git("status", "--porcelain")  # refreshes the index, which names files by inode and time
    return copy


@pytest.fixture
def registry(folder, _empty):
    """A registry that is committed, without models."""
    return _copied(_empty, folder)


@pytest.fixture
def iris(folder, _with_iris):
    """A registry with one model and two versions, committed."""
    return _copied(_with_iris, folder)
