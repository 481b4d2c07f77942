import pytest

from modelops_git.core.manifests.parse import parse_document
from modelops_git.core.places import home_of, is_name
from modelops_git.engine.editors import _PATTERNS
from modelops_git.engine.init import _scalar, _starter, name_from


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("Acme Models!", "acme-models"),
        ("registry_2", "registry-2"),
        ("Ünï", "n"),
        ("---", "models"),
        ("versions", "models"),
        ("x" * 300, "x" * 128),
        ("", "models"),
    ],
)
def test_the_name_of_a_registry_is_made_from_its_folder(folder, name):
    assert name_from(folder) == name
    assert is_name(name)


@pytest.mark.parametrize("name", ["on", "123", "1e5", "null", "acme"])
def test_the_first_registry_is_valid_whatever_its_name(name):
    values = {"name": _scalar(name), "journals": name, "branch": _scalar("main"), "forge": ""}
    text = _starter("modelops.yaml", values)
    parsed = parse_document("modelops.yaml", text.encode())
    assert parsed.findings == ()
    assert parsed.document.manifest.name == name
    assert [one.name for one in parsed.document.manifest.environments] == ["staging", "production"]


def test_editors_know_a_schema_for_every_home():
    examples = {
        "Registry": "modelops.yaml",
        "Model": "models/a/b/model.yaml",
        "ModelVersion": "models/a/versions/1.0.0.yaml",
        "Notice": "models/a/notices/1.0.0-1.yaml",
        "Rollout": "models/a/rollouts/staging.yaml",
        "Experiment": "models/a/experiments/staging.yaml",
        "Analysis": "analyses/health.yaml",
    }
    assert {kind: home_of(path).kind for kind, path in examples.items()} == {kind: kind for kind in _PATTERNS}
