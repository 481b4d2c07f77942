"""The JSON Schemas: as committed, understood by others, and of one mind with the models."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from modelops_git.core.manifests.kinds import KINDS
from modelops_git.core.manifests.labels import without_messages
from modelops_git.core.manifests.parse import parse_document
from modelops_git.core.manifests.schema import DIALECT, all_schemas, file_name, json_schema
from modelops_git.engine.schemas import rendered, write_schemas

EXAMPLES = Path(__file__).parent / "examples"
COMMITTED = Path(__file__).parents[4] / "schemas"
PATHS = sorted(path.relative_to(EXAMPLES).as_posix() for path in EXAMPLES.rglob("*.yaml"))
HEX = "a" * 64
METRIC = {"name": "errors", "provider": {"type": "http", "url": "https://host/x"}, "query": "/x"}


def validator(kind):
    return Draft202012Validator(json_schema(kind), format_checker=Draft202012Validator.FORMAT_CHECKER)


def keywords(value):
    """Every mapping in a schema."""
    if isinstance(value, dict):
        yield value
        for item in value.values():
            yield from keywords(item)
    elif isinstance(value, list):
        for item in value:
            yield from keywords(item)


def test_the_committed_schemas_are_up_to_date():
    committed = {path.name: path.read_text(encoding="utf-8") for path in COMMITTED.glob("*.json")}
    assert committed == rendered(), "run `python -m modelops_git.engine.schemas schemas`"


def test_writing_makes_the_folder_and_a_file_for_each_kind(tmp_path):
    written = write_schemas(tmp_path / "new")
    assert sorted(path.name for path in written) == sorted(file_name(kind) for kind in KINDS)
    assert all(path.read_text(encoding="utf-8").endswith("}\n") for path in written)


@pytest.mark.parametrize("kind", KINDS)
def test_a_schema_is_valid_and_closed_and_names_no_address_but_its_dialect(kind):
    schema = json_schema(kind)
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == DIALECT
    assert schema["title"] == kind
    text = json.dumps({key: value for key, value in schema.items() if key not in {"$schema", "examples"}})
    assert "json-schema.org" not in text
    for found in keywords(schema):
        if found.get("type") == "object" and "properties" in found and "title" in found:
            assert found["additionalProperties"] is False, found["title"]
        assert "patternProperties" not in found
        assert "discriminator" not in found


def test_all_schemas_go_by_the_names_of_their_files():
    assert set(all_schemas()) == {
        "registry.json",
        "model.json",
        "model-version.json",
        "notice.json",
        "rollout.json",
        "experiment.json",
        "analysis.json",
    }


def test_the_examples_show_every_kind():
    kinds = {parse_document(path, (EXAMPLES / path).read_bytes()).document.kind for path in PATHS}
    assert kinds == set(KINDS)


@pytest.mark.parametrize("path", PATHS)
def test_every_example_is_valid_by_schema_and_by_model(path):
    parsed = parse_document(path, (EXAMPLES / path).read_bytes())
    assert parsed.findings == ()
    validator(parsed.document.kind).validate(parsed.document.written)


@pytest.mark.parametrize(
    ("change", "valid"),
    [
        ({"test": {"worse_when": "higher"}}, True),
        ({"failure_condition": "candidate > 1"}, True),
        ({"failure_condition": "candidate > 1", "success_condition": "candidate < 1"}, True),
        ({}, False),
        ({"test": None}, False),
        ({"test": {"worse_when": "higher"}, "failure_condition": "candidate > 1"}, False),
        ({"test": {"worse_when": "higher"}, "success_condition": None}, True),
        ({"failure_condition": "candidate > 1", "query": None}, False),
        ({"failure_condition": "candidate > 1", "ratio": {"of": "a", "over": "b"}}, False),
        ({"failure_condition": "candidate > 1", "provider": {"type": "sql"}}, False),
        ({"failure_condition": "candidate > 1", "provider": {"type": "sql", "uri": "s3://logs"}}, True),
        ({"failure_condition": "candidate > 1", "provider": {"type": "carrier-pigeon"}}, False),
    ],
)
def test_schema_and_model_agree_on_rules_across_fields(change, valid):
    document = {
        "api_version": "modelops/v1",
        "kind": "Analysis",
        "name": "health",
        "metrics": [{**METRIC, **change}],
    }
    parsed = parse_document("analyses/health.yaml", json.dumps(document).encode())
    assert (parsed.document is not None) == valid
    assert validator("Analysis").is_valid(document) == valid


@pytest.mark.parametrize(
    ("by", "valid"),
    [
        ({"header": "X-User-Id"}, True),
        ({"cookie": "session"}, True),
        ({"cookie": "session", "header": None}, True),
        ({}, False),
        ({"header": None}, False),
        ({"cookie": "session", "header": "X-User-Id"}, False),
        ({"header": "X User"}, False),
        ({"cookie": "a=b"}, False),
        ({"query": "user"}, False),
    ],
)
def test_a_caller_is_assigned_by_a_header_or_a_cookie(by, valid):
    document = {
        "api_version": "modelops/v1",
        "kind": "Experiment",
        "model": "iris",
        "environment": "production",
        "type": "split",
        "candidates": [{"version": "1.1.0", "manifest_digest": f"sha256:{'a' * 64}", "weight": 20}],
        "assign_by": by,
        "until": "2026-07-01T00:00:00Z",
    }
    parsed = parse_document("models/iris/experiments/production.yaml", json.dumps(document).encode())
    assert (parsed.document is not None) == valid, parsed.findings
    assert validator("Experiment").is_valid(document) == valid


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("model", "versions"),
        ("model", "Iris"),
        ("environment", "a/b"),
        ("environment", "prod.json"),
        ("version", "1.2"),
        ("manifest_digest", HEX),
        ("strategy", {"type": "slow"}),
        ("strategy", {"type": "canary", "steps": []}),
        ("strategy", {"type": "canary", "steps": [{"weight": 101, "for": "1h"}]}),
        ("strategy", {"type": "canary", "steps": [{"weight": 5}]}),
        ("strategy", {"type": "canary", "steps": [{"weight": 5, "for": "1h", "until": "resumed"}]}),
        ("strategy", {"type": "immediate", "preview": True}),
        ("first_deployment", "maybe"),
        ("colour", "red"),
    ],
)
def test_schema_and_model_refuse_the_same(field, value):
    document = {
        "api_version": "modelops/v1",
        "kind": "Rollout",
        "model": "iris",
        "environment": "production",
        "version": "1.0.0",
        "manifest_digest": f"sha256:{HEX}",
        "strategy": "standard",
    }
    path = "models/iris/rollouts/production.yaml"
    assert parse_document(path, json.dumps(document).encode()).document
    assert validator("Rollout").is_valid(document)
    assert parse_document(path, json.dumps({**document, field: value}).encode()).document is None
    assert not validator("Rollout").is_valid({**document, field: value})


def test_keys_that_people_choose_are_held_to_their_form():
    stores = {"Bad Name": {"uri": "file:store"}}
    assert not validator("Registry").is_valid(
        {
            "api_version": "modelops/v1",
            "kind": "Registry",
            "name": "a",
            "default_store": "a",
            "stores": stores,
        }
    )


def fields(kind):
    """Every field of the parts of a kind: where it is, its schema, and a validator for its values."""
    schema = json_schema(kind)
    for name, part in {kind: schema, **schema.get("$defs", {})}.items():
        for field, found in part.get("properties", {}).items():
            yield f"{name}.{field}", found, Draft202012Validator({**found, "$defs": schema.get("$defs", {})})


@pytest.mark.parametrize("kind", KINDS)
def test_an_editor_can_say_of_every_field_what_it_is(kind):
    for where, field, _ in fields(kind):
        assert field.get("title"), where
        assert field.get("description", "").endswith("."), where


@pytest.mark.parametrize("kind", KINDS)
def test_examples_and_defaults_are_right_themselves_and_no_default_is_empty(kind):
    for where, field, values in fields(kind):
        for example in field.get("examples", ()):
            assert values.is_valid(example), f"{where}: {example}"
        if "default" in field:
            assert values.is_valid(field["default"]), where
            assert field["default"] not in (None, [], {}), where


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_shows_what_may_stand_there_but_for_digests(kind):
    for where, field, _ in fields(kind):
        options = [field, *field.get("anyOf", ())]
        shown = any(
            {"const", "enum", "$ref", "oneOf", "examples", "default"} & {*option} for option in options
        )
        plain = any(option.get("type") in {"boolean", "array", "object"} for option in options)
        digest = any("[0-9a-f]{64}" in option.get("pattern", "") for option in options) or "commit" in where
        assert shown or plain or digest, where


def test_titles_are_words_and_known_abbreviations():
    titles = {where: field["title"] for where, field, _ in fields("ModelVersion")}
    assert titles["ModelVersion.created_at"] == "Created at"
    assert titles["Artifact.sha256"] == "SHA-256"
    assert titles["Run.uri"] == "URI"


@pytest.mark.parametrize("kind", KINDS)
def test_only_the_schema_for_editors_says_what_to_write_instead(kind):
    plain, editor = json_schema(kind), json_schema(kind, editor=True)
    assert not [found for found in keywords(plain) if "errorMessage" in found]
    said = [found["errorMessage"] for found in keywords(editor) if "errorMessage" in found]
    assert said
    assert all(text.startswith("Write ") and text.endswith(".") for text in said)
    assert without_messages(editor) == plain


def test_a_field_that_is_called_like_the_keyword_stays():
    field = {"properties": {"errorMessage": {"type": "string", "errorMessage": "Write a text."}}}
    assert without_messages(field) == {"properties": {"errorMessage": {"type": "string"}}}
