import pytest

from modelops_git.core.catalog import Catalog
from modelops_git.core.errors import RefusedError
from modelops_git.core.manifests.parse import parse_document
from modelops_git.core.manifests.write import dump
from modelops_git.core.references import Reference
from modelops_git.core.snapshot import DictSnapshot
from modelops_git.engine.notice import Known, compose_notice

MODEL = {"name": "iris", "description": "x", "owners": ["ml"], "risk": "low"}
VERSION = {
    "model": "iris",
    "version": "1.0.0",
    "summary": "x",
    "created_at": "2026-06-02T15:30:00Z",
    "authors": ["github:ana"],
    "artifacts": [{"path": "m", "role": "model", "sha256": "a" * 64, "size": 1}],
    "interface": {"protocol": "json", "input": True, "output": True},
}
FILES = {
    "models/iris/model.yaml": dump({"api_version": "modelops/v1", "kind": "Model", **MODEL}),
    "models/iris/versions/1.0.0.yaml": dump(
        {"api_version": "modelops/v1", "kind": "ModelVersion", **VERSION}
    ),
}


def compose(known, **more):
    return compose_notice(Catalog(DictSnapshot({**FILES, **more})), Reference("iris", "1.0.0"), known)


def test_a_notice_pins_the_digest_of_the_manifest_and_is_valid():
    notice = compose(Known("revoked", "Test rows: leaked\nbadly", ("https://example.org/x",)))
    document = parse_document(notice.path, notice.text.encode()).document
    version = parse_document(
        "models/iris/versions/1.0.0.yaml", FILES["models/iris/versions/1.0.0.yaml"].encode()
    )
    assert notice.path == "models/iris/notices/1.0.0-1.yaml"
    assert document.manifest.manifest_digest == version.document.digest
    assert document.manifest.reason == "Test rows: leaked\nbadly"
    assert document.manifest.evidence[0].uri == "https://example.org/x"


def test_a_number_that_was_taken_is_not_used_again_even_where_one_is_missing():
    taken = {f"models/iris/notices/1.0.0-{number}.yaml": "broken [" for number in (1, 9, 10)}
    other = {"models/iris/notices/1.0.0-rc.1-77.yaml": "", "models/iris/notices/1.0.0-x.yaml": ""}
    assert compose(Known("erratum", "x"), **taken, **other).path == "models/iris/notices/1.0.0-11.yaml"


@pytest.mark.parametrize(
    "known", [Known("erratum", " "), Known("erratum", "x", ("no uri",)), Known("erratum", "a\u202eb")]
)
def test_what_would_not_pass_the_checks_is_not_written(known):
    with pytest.raises(RefusedError) as caught:
        compose(known)
    assert caught.value.findings
