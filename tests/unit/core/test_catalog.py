"""The catalog finds manifests by name, lists only what it is asked about, and parses a file once."""

from __future__ import annotations

import pytest

import casebook
from modelops_git.core.catalog import Catalog
from modelops_git.core.snapshot import DictSnapshot

VERSION = "models/iris/versions/{}.yaml"


class Recording(DictSnapshot):
    """A snapshot that remembers what was asked of it."""

    def __init__(self, files, **rest):
        super().__init__(files, **rest)
        self.listed, self.reads = [], []

    def paths(self, under=""):
        self.listed.append(under)
        return super().paths(under)

    def read(self, path):
        self.reads.append(path)
        return super().read(path)


def files_of(snapshot):
    return {path: snapshot.read(path) for path in snapshot.paths()}


def with_files(**changes):
    return DictSnapshot({**files_of(casebook.registry()), **changes})


@pytest.fixture
def catalog():
    return Catalog(casebook.registry())


def test_manifests_are_found_by_name(catalog):
    assert catalog.registry.manifest.name == "acme"
    assert catalog.models() == ("iris",)
    assert catalog.model("iris").manifest.risk == "low"
    assert catalog.version("iris", "1.1.0").manifest.parent == "1.0.0"
    assert catalog.rollout("iris", "staging").manifest.version == "1.1.0"
    assert [one.path for one in catalog.notices("iris", "1.0.0")] == ["models/iris/notices/1.0.0-1.yaml"]
    assert catalog.analysis("serving-health").manifest.name == "serving-health"
    assert catalog.analyses() == ("serving-health",)


def test_what_is_not_there_is_none(catalog):
    assert catalog.model("tulip") is None
    assert catalog.version("iris", "9.9.9") is None
    assert catalog.rollout("iris", "nowhere") is None
    assert catalog.experiment("iris", "staging") is None
    assert catalog.notices("iris", "1.1.0") == ()
    assert Catalog(DictSnapshot({})).registry is None


def test_what_does_not_parse_is_none_and_still_held():
    catalog = Catalog(with_files(**{"models/iris/model.yaml": b"kind: ["}))
    assert catalog.model("iris") is None
    assert catalog.holds("models/iris/model.yaml")
    assert [finding.code for finding in catalog.document("models/iris/model.yaml").findings] == ["MOG102"]


def test_versions_are_sorted_by_precedence_and_other_names_left_out():
    names = ("1.10.0", "1.9.0", "1.9.0-rc.1", "latest", "1.2", "01.0.0")
    files = {VERSION.format(name): b"" for name in names}
    files["models/iris/versions/old/0.1.0.yaml"] = b""
    files["models/iris/versions/README.md"] = b""
    assert Catalog(DictSnapshot(files)).versions("iris") == ("1.9.0-rc.1", "1.9.0", "1.10.0")


def test_the_notices_of_a_prerelease_are_told_from_those_of_its_release():
    names = ("1.0.0-1", "1.0.0-rc.1-1", "1.0.0-rc.1-2")
    catalog = Catalog(DictSnapshot({f"models/iris/notices/{name}.yaml": b"" for name in names}))
    assert catalog.notice_paths("iris", "1.0.0") == ("models/iris/notices/1.0.0-1.yaml",)
    assert len(catalog.notice_paths("iris", "1.0.0-rc.1")) == 2


def test_a_file_is_read_and_parsed_once():
    snapshot = Recording(files_of(casebook.registry()))
    catalog = Catalog(snapshot)
    assert catalog.model("iris") is catalog.model("iris")
    catalog.documents(["models/iris/model.yaml"])
    assert snapshot.reads == ["models/iris/model.yaml"]


def test_what_is_forgotten_is_read_again():
    snapshot = Recording(files_of(casebook.registry()))
    catalog = Catalog(snapshot)
    catalog.model("iris")
    catalog.forget("models/iris")
    assert catalog.model("iris").manifest.name == "iris"
    assert snapshot.reads == ["models/iris/model.yaml"] * 2


def test_a_question_about_one_model_lists_its_folder_only():
    snapshot = Recording(files_of(casebook.registry()))
    catalog = Catalog(snapshot)
    catalog.versions("iris")
    catalog.versions("iris")
    catalog.version("iris", "1.0.0")
    assert snapshot.listed == ["models/iris/versions"]


def test_once_everything_is_listed_folders_are_cut_out_of_it():
    snapshot = Recording({**files_of(casebook.registry()), "models/iris-2/model.yaml": b"", "README.md": b""})
    catalog = Catalog(snapshot)
    everything = catalog.everything()
    assert "README.md" not in everything
    assert catalog.paths("models/iris") == DictSnapshot(files_of(snapshot)).paths("models/iris")
    assert catalog.versions("iris") == ("1.0.0", "1.1.0")
    assert snapshot.listed == ["", ""]  # the second one is the test's own


def test_all_rollouts_are_listed_those_that_do_not_parse_too():
    broken = "models/tulip/rollouts/staging.yaml"
    catalog = Catalog(with_files(**{broken: b"kind: ["}))
    assert broken in catalog.rollout_paths()
    assert [one.home.name for one in catalog.rollouts()] == ["production", "staging"]
    assert catalog.rollout_paths("tulip") == (broken,)


def test_links_and_submodules_are_never_parsed():
    path = "models/iris/model.yaml"
    catalog = Catalog(DictSnapshot({path: b"../secret"}, modes={path: "120000"}))
    assert catalog.document(path) is None
    assert catalog.model("iris") is None
