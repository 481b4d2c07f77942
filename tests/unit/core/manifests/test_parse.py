"""From bytes to a manifest, or to findings in our own words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from modelops_git.core import digests
from modelops_git.core.findings import Severity
from modelops_git.core.manifests.parse import MAX_FINDINGS, misplaced, parse_document
from modelops_git.core.manifests.rollout import Rollout

EXAMPLES = Path(__file__).parent / "examples"
HEX = "a" * 64
ROLLOUT = "models/iris/rollouts/production.yaml"
VERSION = "models/iris/versions/1.0.0.yaml"
ANALYSIS = "analyses/health.yaml"


def rollout(**changes):
    fields = {
        "api_version": "modelops/v1",
        "kind": "Rollout",
        "model": "iris",
        "environment": "production",
        "version": "1.2.0",
        "manifest_digest": f"sha256:{HEX}",
        "strategy": "standard",
        **changes,
    }
    return "".join(f"{key}: {value}\n" for key, value in fields.items() if value is not None)


def version(**changes):
    fields = {
        "api_version": "modelops/v1",
        "kind": "ModelVersion",
        "model": "iris",
        "version": "1.0.0",
        "summary": "First.",
        "created_at": "2026-06-02T15:30:00Z",
        "authors": '["github:ana"]',
        "artifacts": f"[{{path: model.onnx, role: model, sha256: {HEX}, size: 3}}]",
        "interface": "{protocol: json, input: true, output: true}",
        **changes,
    }
    return "".join(f"{key}: {value}\n" for key, value in fields.items() if value is not None)


def training(text):
    return version(training=f"{{hyperparameters: {{a: {text}}}}}")


def findings(path, text):
    return parse_document(path, text.encode()).findings


def only(path, text):
    found = findings(path, text)
    assert len(found) == 1, [(item.code, item.message) for item in found]
    return found[0]


def mended(path, text):
    """The text after all safe edits."""
    edits = [edit for item in findings(path, text) for edit in item.edits if edit.safe]
    for edit in sorted(edits, key=lambda edit: edit.start, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def test_a_good_manifest_is_typed_and_kept_as_it_was_written():
    text = rollout(strategy="{type: canary, steps: [{weight: 5, for: 10m}]}")
    parsed = parse_document(ROLLOUT, text.encode())
    document = parsed.document
    assert parsed.findings == ()
    assert isinstance(document.manifest, Rollout)
    assert document.manifest.strategy.steps[0].for_ == "10m"
    assert document.manifest.first_deployment == "skip"
    assert "first_deployment" not in document.written
    assert (document.kind, document.home.model, document.path) == ("Rollout", "iris", ROLLOUT)
    assert document.text == text


def test_the_digest_is_that_of_the_document_as_written_whatever_its_layout():
    plain = parse_document(ROLLOUT, rollout().encode()).document
    styled = parse_document(ROLLOUT, ("# why\n" + rollout(model='"iris"  # x')).encode()).document
    assert plain.digest == styled.digest == digests.of_json(plain.written)
    assert plain.digest != parse_document(ROLLOUT, rollout(first_deployment="skip").encode()).document.digest


def test_places_are_those_of_values_and_of_keys():
    document = parse_document(ROLLOUT, rollout().encode()).document
    assert (document.place("/version").line, document.place("/version").column) == (5, 10)
    assert (document.key_place("/version").line, document.key_place("/version").column) == (5, 1)
    assert document.place("/version").pointer == "/version"
    assert document.place("").line == 1
    assert document.place("/version/deeper").pointer == "/version"


@pytest.mark.parametrize(
    ("path", "text", "code", "pointer", "says"),
    [
        # the head
        (ROLLOUT, rollout(kind="Rolout"), "MOG111", "/kind", '"Rolout"'),
        (ROLLOUT, rollout(kind="[Rollout]"), "MOG111", "/kind", "no text"),
        (ROLLOUT, rollout(api_version="modelops/v2"), "MOG111", "/api_version", "modelops/v2"),
        (ROLLOUT, rollout(kind=None), "MOG111", "", "lacks `kind`"),
        (ROLLOUT, rollout(kind=None, api_version=None), "MOG111", "", "`api_version` and `kind`"),
        (ROLLOUT, "kind: Rollout\n" + rollout(kind=None), "MOG116", "/api_version", "come first"),
        (ROLLOUT, rollout(kind="Experiment"), "MOG116", "/kind", "a Rollout belongs here"),
        # fields
        (ROLLOUT, rollout(stratgey="x"), "MOG112", "/stratgey", "no field `stratgey`"),
        (ROLLOUT, rollout(version=None, model=None), "MOG113", "", "lacks `model` and `version`"),
        (ROLLOUT, rollout(allow_interface_break="{}"), "MOG113", "/allow_interface_break", "lacks `reason`"),
        # types
        (VERSION, version(artifacts="{}"), "MOG114", "/artifacts", "is a mapping, not a list"),
        (VERSION, version(artifacts="x"), "MOG114", "/artifacts", "is x, not a list"),
        (VERSION, version(summary="[a]"), "MOG114", "/summary", "is a list, not a text"),
        (VERSION, version(summary=""), "MOG114", "/summary", "is empty (null), not a text"),
        (VERSION, version(training="{seed: 1.5}"), "MOG114", "/training/seed", "1.5, not a whole number"),
        (VERSION, version(training="{seed: abc}"), "MOG114", "/training/seed", "abc, not a whole number"),
        (VERSION, version(training="{seed: 012}"), "MOG114", "/training/seed", "012, not a whole number"),
        (
            VERSION,
            version(interface="{protocol: json, input: 1, output: true}"),
            "MOG114",
            "/interface/input",
            "JSON Schema",
        ),
        (ROLLOUT, rollout(strategy="[a]"), "MOG114", "/strategy", "is a list, not a name or a mapping"),
        # values
        (VERSION, version(training="{seed: .nan}"), "MOG115", "/training/seed", "no finite number"),
        (VERSION, version(training="{seed: 99999999999999999999}"), "MOG115", "/training/seed", "beyond"),
        (VERSION, training("-.inf"), "MOG115", "/training/hyperparameters/a", "no finite number"),
        (VERSION, training("9" * 6000), "MOG115", "/training/hyperparameters/a", "beyond"),
        (VERSION, training("1e999"), "MOG115", "/training/hyperparameters/a", "too large"),
        (VERSION, version(summary='"  "'), "MOG115", "/summary", "is empty"),
        (VERSION, version(summary="x" * 100_001), "MOG115", "/summary", "100,001 characters"),
        (VERSION, version(created_at="2026-02-30T00:00:00Z"), "MOG115", "/created_at", "not a time in UTC"),
        (VERSION, version(authors="[]"), "MOG115", "/authors", "is empty"),
        (VERSION, version(authors="[ana]"), "MOG115", "/authors/0", "not an identity"),
        (ROLLOUT, rollout(manifest_digest=HEX), "MOG115", "/manifest_digest", "not a digest"),
        (ROLLOUT, rollout(version='"1.2.3\\n"'), "MOG115", "/version", "not a semantic version"),
        (ROLLOUT, rollout(first_deployment="Skip"), "MOG115", "/first_deployment", "`skip` or `strategy`"),
        (ROLLOUT, rollout(strategy="{type: cannary}"), "MOG115", "/strategy/type", '"cannary"'),
        (
            ROLLOUT,
            rollout(strategy="{type: immediate, preview: true}"),
            "MOG112",
            "/strategy/preview",
            "`strategy`",
        ),
        (ROLLOUT, rollout(strategy="{steps: []}"), "MOG113", "/strategy", "lacks `type`"),
        (ROLLOUT, rollout(strategy="{type: canary, steps: []}"), "MOG115", "/strategy/steps", "is empty"),
        # names
        (ROLLOUT, rollout(strategy="My Strategy"), "MOG117", "/strategy", "not a name"),
        ("models/versions/model.yaml", "", "MOG102", "", ""),
    ],
)
def test_a_defect_is_named_with_its_place(path, text, code, pointer, says):
    found = [item for item in findings(path, text) if item.code == code]
    assert [item.place.pointer for item in found] == [pointer]
    assert says in found[0].message
    assert found[0].severity is Severity.ERROR
    assert found[0].place.line > 0
    others = {item.code for item in findings(path, text)} - {code}
    assert others <= {"MOG109", "MOG117"}, others


@pytest.mark.parametrize(
    "value", ["no", "1.10", "012", "12:30", "1e5", "~", "null", "true", "0x1F", "2026-01-01", "=", ".5"]
)
def test_a_plain_scalar_that_readers_disagree_on_is_quoted_by_the_fix(value):
    text = version(summary=value)
    found = only(VERSION, text)
    assert (found.code, found.place.pointer, found.fixable) == ("MOG109", "/summary", True)
    assert parse_document(VERSION, mended(VERSION, text).encode()).document.manifest.summary == value


@pytest.mark.parametrize("value", ["no", "12:30", "2026-01-01", "1_000", "yes"])
def test_so_it_is_where_the_type_is_open(value):
    found = only(VERSION, training(value))
    assert (found.code, found.fixable) == ("MOG109", True)
    document = parse_document(VERSION, mended(VERSION, training(value)).encode()).document
    assert document.written["training"]["hyperparameters"]["a"] == value


@pytest.mark.parametrize("value", ["012", "0o17", "-010"])
def test_a_number_that_may_be_octal_is_left_to_people(value):
    found = only(VERSION, training(value))
    assert (found.code, found.fixable) == ("MOG109", False)


def test_a_key_that_people_choose_is_held_to_the_same_and_a_known_one_is_not():
    text = version(training="{hyperparameters: {on: 1, x: 2}}")
    assert only(VERSION, text).place.pointer == "/training/hyperparameters/on"
    registry = (EXAMPLES / "modelops.yaml").read_text(encoding="utf-8")
    assert " on: [" in registry
    assert findings("modelops.yaml", registry) == ()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1),
        ("-0.5", -0.5),
        ("1e-4", 1e-4),
        (".5", 0.5),
        ("0x1F", 31),
        ("true", True),
        ("null", None),
        ("~", None),
        ("gini", "gini"),
        ('"1"', "1"),
        ("'no'", "no"),
        ("[1, {b: x}]", [1, {"b": "x"}]),
    ],
)
def test_where_the_type_is_open_yaml_1_2_says_it(text, value):
    document = parse_document(VERSION, training(text).encode()).document
    read = document.written["training"]["hyperparameters"]["a"]
    assert (read, type(read)) == (value, type(value))
    assert document.manifest.training.hyperparameters["a"] == value


def test_times_versions_and_digests_need_no_quotes_in_their_own_fields():
    digits = "1" * 64
    text = version(artifacts=f"[{{path: m, role: model, sha256: {digits}, size: 3}}]", parent="0.9.0")
    assert parse_document(VERSION, text.encode()).document.manifest.artifacts[0].sha256 == digits


@pytest.mark.parametrize(
    ("text", "fixed"),
    [
        (version(training='{seed: "5"}'), "{seed: 5}"),
        (version(trainingRun="{}"), None),
        (version(ethicalConsiderations="[]"), "ethical_considerations: []"),
        (version(**{"ethical-considerations": "[]"}), "ethical_considerations: []"),
    ],
)
def test_what_is_clear_is_mended(text, fixed):
    done = mended(VERSION, text)
    if fixed is None:
        assert done == text
    else:
        assert fixed in done
        assert parse_document(VERSION, done.encode()).document


@pytest.mark.parametrize(
    ("word", "meant"), [("yes", "true"), ("Off", "false"), ("TRUE", "true"), ('"true"', "true")]
)
def test_a_boolean_is_true_or_false_and_the_fix_says_which(word, meant):
    text = "api_version: modelops/v1\nkind: Model\nname: iris\ndescription: d\nowners: [us]\nrisk: low\n"
    text += f"metrics: {{acc: {{evaluation: h, goal: maximize, primary: {word}}}}}\n"
    found = only("models/iris/model.yaml", text)
    assert (found.code, found.hint) == ("MOG114", f"Write {meant}.")
    assert f"primary: {meant}" in mended("models/iris/model.yaml", text)


def test_a_key_is_not_renamed_onto_one_that_is_there():
    text = version(limitations="[]", Limitations="[]")
    found = only(VERSION, text)
    assert (found.code, found.edits) == ("MOG112", ())
    assert "limitations" in found.hint


def test_a_misspelt_field_gets_a_suggestion_and_no_fix():
    found = only(ROLLOUT, rollout(first_deploymnet="skip"))
    assert (found.hint, found.edits) == ("Did you mean `first_deployment`?", ())


def test_all_missing_fields_are_named_at_the_key_of_their_mapping():
    found = only(VERSION, version(artifacts="[{path: m}]"))
    assert found.message == "`artifacts[0]` lacks `role`, `sha256` and `size`."
    assert "one of `model`" in found.hint
    assert found.place.line == 8


@pytest.mark.parametrize(
    ("metric", "code", "says"),
    [
        ("query: q", "MOG113", "has none of `test`, `failure_condition` and `success_condition`"),
        ("test: {worse_when: higher}", "MOG113", "has none of `query`, `ratio` and `histogram`"),
        (
            "query: q, failure_condition: c, test: {worse_when: higher}",
            "MOG115",
            "`test` and `failure_condition`",
        ),
        ("query: q, test: {worse_when: sideways}", "MOG115", '"sideways"'),
        ("query: q, test: {worse_when: higher, allowed_decrease: 5%}", "MOG112", "`allowed_decrease`"),
        ("query: q, test: {worse_when: higher, alpha: 1}", "MOG115", "alpha` is 1"),
        ("query: q, test: {worse_when: higher, allowed_increase: 5}", "MOG115", "not a percentage"),
    ],
)
def test_a_metric_must_be_able_to_decide(metric, code, says):
    text = "api_version: modelops/v1\nkind: Analysis\nname: health\nmetrics:\n"
    text += f'  - {{name: m, provider: {{type: file, uri: "file:x"}}, {metric}}}\n'
    found = [item for item in findings(ANALYSIS, text) if item.code != "MOG109"]
    assert [item.code for item in found] == [code]
    assert says in found[0].message


def test_a_union_speaks_only_of_the_member_that_was_chosen():
    found = findings(ROLLOUT, rollout(strategy="{type: blue_green, promote: 5, steps: []}"))
    assert {(item.code, item.place.pointer) for item in found} == {
        ("MOG115", "/strategy/promote"),
        ("MOG112", "/strategy/steps"),
    }


def test_below_an_unknown_field_nothing_more_is_said():
    assert only(VERSION, version(colours="{no: [012, yes]}")).code == "MOG112"


@pytest.mark.parametrize("name", ["Bad Name", "[key]", "versions", "a/b"])
def test_a_key_that_people_choose_has_the_form_of_a_name(name):
    text = (EXAMPLES / "modelops.yaml").read_text(encoding="utf-8")
    found = only("modelops.yaml", text.replace("  laptop:", f'  "{name}":'))
    assert (found.code, found.place.pointer) == ("MOG117", "/stores/" + name.replace("/", "~1"))
    assert f'"{name}"' in found.message


# --- places and names


@pytest.mark.parametrize(
    ("path", "text", "pointer"),
    [
        (ROLLOUT, rollout(model="rose"), "/model"),
        (ROLLOUT, rollout(environment="staging"), "/environment"),
        (VERSION, version(version="1.0.1"), "/version"),
        (VERSION, version(model="1e5"), "/model"),
    ],
)
def test_a_field_that_differs_from_the_path_is_left_to_people(path, text, pointer):
    found = only(path, text)
    assert (found.code, found.place.pointer, found.fixable) == ("MOG116", pointer, False)
    assert found.edits


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (ROLLOUT, rollout(environment="Production")),
        (VERSION, version(version="v1.0.0")),
        (VERSION, version(version='"1.0.0 "')),
        (VERSION, version(kind="model-version")),
        ("models/a-b/versions/1.0.0.yaml", version(model="A_B")),
    ],
)
def test_a_field_that_differs_from_the_path_in_spelling_is_mended(path, text):
    assert only(path, text).fixable
    assert parse_document(path, mended(path, text).encode()).document


def test_a_name_that_yaml_reads_otherwise_is_quoted_by_the_fix():
    found = only("models/no/versions/1.0.0.yaml", version(model="nope"))
    assert found.edits[0].text == '"no"'


@pytest.mark.parametrize(
    "path",
    [
        "models/Iris/rollouts/production.yaml",
        "models/iris/rollouts/Production.yaml",
        "models/iris/versions/rollouts/production.yaml",
        "models/a.json/rollouts/production.yaml",
        f"models/{'a' * 129}/rollouts/production.yaml",
    ],
)
def test_a_path_that_holds_no_legal_names_is_a_finding(path):
    found = [item for item in findings(path, rollout()) if item.code == "MOG117"]
    assert [item.place.path for item in found] == [path]
    assert parse_document(path, rollout().encode()).document is None


@pytest.mark.parametrize("stem", ["1.2", "v1.0.0", "latest", "1.0.0-"])
def test_a_version_file_is_named_by_a_version(stem):
    found = findings(f"models/iris/versions/{stem}.yaml", version())
    assert "MOG117" in {item.code for item in found}


@pytest.mark.parametrize("stem", ["1.1.0", "1.1.0-0", "1.1.0-01", "1.1.0-a", "-1", "1.1.0-²"])
def test_a_notice_file_is_named_by_a_version_and_a_number(stem):
    text = (EXAMPLES / "models/iris-classifier/notices/1.1.0-1.yaml").read_text(encoding="utf-8")
    found = findings(f"models/iris-classifier/notices/{stem}.yaml", text)
    assert [item.code for item in found] == ["MOG117"]


def test_a_notice_may_be_about_a_prerelease():
    text = (EXAMPLES / "models/iris-classifier/notices/1.1.0-1.yaml").read_text(encoding="utf-8")
    text = text.replace("version: 1.1.0", "version: 1.1.0-rc.1")
    assert findings("models/iris-classifier/notices/1.1.0-rc.1-12.yaml", text) == ()


@pytest.mark.parametrize(
    "path",
    [
        "models/iris/version/1.0.0.yaml",
        "models/iris/1.0.0.yaml",
        "models/iris.yaml",
        "models/iris/model.yml",
        "analyses/team/health.yaml",
        "analyses/health.yml",
    ],
)
def test_a_yaml_file_where_no_manifest_belongs_is_a_finding(path):
    found = misplaced(path)
    assert (found.code, found.place.path) == ("MOG116", path)
    assert parse_document(path, b"").findings == (found,)


@pytest.mark.parametrize(
    "path",
    ["modelops.yaml", ROLLOUT, ANALYSIS, "README.md", "docs/a.yaml", "models/iris/README.md", "models.yaml"],
)
def test_other_files_are_none_of_our_business(path):
    assert misplaced(path) is None


# --- hostile bytes


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00",
        b"\xff\xfe",
        b"[" * 100_000,
        b"{" * 100_000,
        b"a: " * 10_000,
        rollout(strategy='"\\uD800"').encode(),
        rollout(strategy="x" * (2**20)).encode(),
        b"a: &x [1]\nb: *x\n",
        rollout(strategy="{type: {a: 1}}").encode(),
        b'"[key]": 1\n' + rollout().encode(),
        rollout(strategy='{type: immediate, "[key]": 1}').encode(),
        rollout(strategy="{type: [a]}").encode(),
        rollout(strategy="{type: canary, steps: [[], {}, 1, a]}").encode(),
    ],
)
def test_hostile_bytes_end_in_findings(data):
    parsed = parse_document(ROLLOUT, data)
    assert parsed.document is None
    assert 0 < len(parsed.findings) <= MAX_FINDINGS


@pytest.mark.parametrize(
    "text",
    [
        rollout() + "".join(f"f{number}: 1\n" for number in range(5000)),
        version(artifacts="[" + "x, " * 5000 + "]"),
        version(limitations="[" + "'', " * 5000 + "]"),
        version(artifacts="[" + "{}, " * 5000 + "]"),
    ],
)
def test_a_thousand_defects_are_shown_a_hundred(text):
    found = findings(VERSION if "ModelVersion" in text else ROLLOUT, text)
    assert len(found) <= MAX_FINDINGS
    assert re.search(r"The file has [\d,]+ more mistakes than are shown\.$", found[-1].hint)


@pytest.mark.parametrize("path", sorted(path.name for path in EXAMPLES.rglob("*.yaml")))
def test_no_word_of_pydantics_reaches_a_user(path):
    file = next(EXAMPLES.rglob(path))
    home = file.relative_to(EXAMPLES).as_posix()
    text = file.read_text(encoding="utf-8").replace(": ", ": !").replace("!", "")
    for old, new in ((": {", ": [{"), ("[", "{"), (" name:", " nom:"), ("type:", "typ:"), (": 1", ": x")):
        for item in findings(home, text.replace(old, new)):
            said = (item.message + item.hint).lower()
            assert not any(
                word in said for word in ("pydantic", "errors.", "input should", "basemodel", "loc")
            )


def test_what_is_missing_ten_thousand_times_is_told_of_the_first_and_counted():
    found = findings(VERSION, version(artifacts="[" + "{}, " * 10_000 + "]"))
    assert found[0].message.startswith("`artifacts[0]` lacks `path`, `role`")
    assert "The file has 39,900 more mistakes than are shown." in found[-1].hint


@pytest.mark.parametrize(
    ("field", "item", "code"),
    [("authors", "A", "MOG115"), ("artifacts", "{path: x, role: modle, sha256: x, size: 1}", "MOG115")],
)
def test_wrong_texts_and_words_are_counted_like_that_too(field, item, code):
    text = version(**{field: "[" + f"{item}, " * 10_900 + "]"})
    found = findings(VERSION, text)
    assert found[0].code == code
    assert "more mistakes than are shown" in found[-1].hint


def test_one_mistake_too_many_is_one_mistake():
    found = findings(ROLLOUT, rollout() + "".join(f"f{number}: 1\n" for number in range(101)))
    assert found[-1].hint.endswith("The file has 1 more mistake than are shown.")
