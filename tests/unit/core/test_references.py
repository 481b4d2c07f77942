import pytest

from modelops_git.core.catalog import Catalog
from modelops_git.core.errors import UsageError
from modelops_git.core.manifests.write import dump
from modelops_git.core.references import Reference, find_model, find_version, parse_reference
from modelops_git.core.snapshot import DictSnapshot

MODEL = dump(
    {
        "api_version": "modelops/v1",
        "kind": "Model",
        "name": "team/iris",
        "description": "x",
        "owners": ["ml"],
        "risk": "low",
    }
)
CATALOG = Catalog(
    DictSnapshot({"models/team/iris/model.yaml": MODEL, "models/team/iris/versions/1.0.0.yaml": "kind: ["})
)


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("iris", Reference("iris")),
        ("team/iris", Reference("team/iris")),
        ("iris@1.2.0-rc.1+b", Reference("iris", "1.2.0-rc.1+b")),
        ("team/iris@production", Reference("team/iris", "production")),
    ],
)
def test_a_reference_is_a_model_and_what_stands_behind_the_at_sign(text, reference):
    assert parse_reference(text) == reference
    assert str(reference) == text


@pytest.mark.parametrize(
    "text", ["", "@", "@1.0.0", "iris@", "iris@1@2", "iris@a/b", "../iris", "Iris", "iris/", "x\n"]
)
def test_what_is_no_reference_is_refused(text):
    with pytest.raises(UsageError):
        parse_reference(text)


def test_a_model_that_is_not_there_gets_the_nearest_name():
    assert find_model(CATALOG, "team/iris").manifest.name == "team/iris"
    with pytest.raises(UsageError) as caught:
        find_model(CATALOG, "team/irsi")
    assert caught.value.hint == "Did you mean team/iris?"


def test_a_version_that_cannot_be_read_is_not_said_to_be_missing():
    with pytest.raises(UsageError, match="has mistakes"):
        find_version(CATALOG, "team/iris", "1.0.0")
    with pytest.raises(UsageError, match=r"has no version '1\.0\.1'"):
        find_version(CATALOG, "team/iris", "1.0.1")
