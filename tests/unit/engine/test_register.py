"""`register`, on the command line in this process: what it finds out, asks for and refuses; numbers."""

from __future__ import annotations

import hashlib
import json
import sys

import pytest
from blake3 import blake3

from workshop import NEW, Workshop, onnx_bytes, refused

FOUR = {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 4}
THREE = {**FOUR, "minItems": 3, "maxItems": 3}
COMMIT = "a" * 40


@pytest.fixture
def desk(tmp_path):
    return Workshop(tmp_path / "shop")


@pytest.fixture(scope="module")
def refusing(tmp_path_factory):
    """A registry in which nothing is ever registered; it must stay clean."""
    desk = Workshop(tmp_path_factory.mktemp("refusing") / "shop")
    yield desk
    assert desk.git("status", "--porcelain") == ""
    assert not (desk.folder / "store").exists()


def test_what_can_be_found_out_is_written_and_the_bytes_are_in_the_store(desk):
    data = desk.file("iris.csv", "1,2\n")
    model = desk.file("model.onnx", onnx_bytes())
    done = desk.register(
        *(model, "--data", f"iris={data}", "--param", "depth=3", "--param", "lr=1e-3", "--seed", "42"),
        *("--metric", "accuracy=0.9", "--metric", "latency:p99_ms=4", "--limitation", "Three species.", *NEW),
    )
    assert done.code == 0, done.err
    written = desk.written("1.0.0")
    row = {
        "path": "model.onnx",
        "role": "model",
        "format": "onnx",
        "sha256": hashlib.sha256(onnx_bytes()).hexdigest(),
        "size": len(onnx_bytes()),
        "blake3": blake3(onnx_bytes()).hexdigest(),
    }
    assert written["artifacts"] == [row]
    assert written["interface"] == {"protocol": "json", "input": FOUR, "output": THREE}
    assert written["training"] == {
        "data": [{"name": "iris", "sha256": hashlib.sha256(b"1,2\n").hexdigest()}],
        "hyperparameters": {"depth": 3, "lr": 0.001},
        "seed": 42,
    }
    assert written["evaluations"] == [
        {"name": "holdout", "kind": "performance", "metrics": {"accuracy": 0.9}},
        {"name": "latency", "kind": "latency", "metrics": {"p99_ms": 4}},
    ]
    assert written["authors"] == ["git:ana@example.com"]
    assert written["framework"] == {"name": "scikit-learn"}
    stored = [path for path in (desk.folder / "store/iris").rglob("*") if path.is_file()]
    assert [path.read_bytes() for path in stored] == [onnx_bytes()]
    assert desk.modelops("validate", "--all").code == 0
    assert desk.modelops("verify").code == 0


def test_all_that_is_missing_is_said_at_once_and_nothing_is_written(refusing):
    registry = {**refusing.registry("1s"), "required_metadata": ["training.data", "limitations"]}
    before = (refusing.clone / "modelops.yaml").read_text()
    refusing.write("modelops.yaml", registry)
    done = refusing.register(refusing.file("notes.txt", "no model"), "--role", "notes.txt=other")
    refusing.write("modelops.yaml", before)
    wanted = ("description", "owners", "risk", "summary", "interface", "training.data", "limitations")
    refused(done, *wanted, "--description TEXT", "--data NAME=FILE", "nothing was stored or written")


def test_an_owner_that_is_no_group_is_said_with_all_else_that_is_missing(refusing):
    before = (refusing.clone / "modelops.yaml").read_text()
    refusing.write("modelops.yaml", {**refusing.registry("1s"), "groups": {"botany": []}})
    words = ("--description", "D", "--owner", "zoology", "--risk", "low")
    done = refusing.register(refusing.file("model.onnx", onnx_bytes()), *words)
    refusing.write("modelops.yaml", before)
    refused(done, "There is no group 'zoology'", "botany", "`summary` is missing")


@pytest.mark.parametrize("suffix", ["json", "yaml"])
def test_metadata_take_any_field_and_words_win_over_them(desk, suffix):
    fields = {
        "summary": "From the file.",
        "algorithm": "forest",
        "authors": ["github:ana"],
        "limitations": ["few"],
        "training": {"seed": 1, "data": [{"name": "iris", "rows": 150}], "hyperparameters": {"depth": 1}},
        "evaluations": [{"name": "holdout", "kind": "performance", "metrics": {"accuracy": 0.1, "f1": 0.2}}],
    }
    file = desk.file(f"fields.{suffix}", json.dumps(fields, indent=1))  # which is YAML as well
    data, words = desk.file("iris.csv", "1"), NEW[2:]
    done = desk.register(
        *(desk.file("model.onnx", onnx_bytes()), "--metadata", file, "--algorithm", "tree", *words),
        *("--data", f"iris={data}", "--metric", "accuracy=0.9", "--param", "width=2", "--seed", "7"),
    )
    assert done.code == 0, done.err
    written = desk.written("1.0.0")
    assert (written["summary"], written["algorithm"]) == ("From the file.", "tree")
    assert written["training"]["seed"] == 7
    assert written["training"]["hyperparameters"] == {"depth": 1, "width": 2}
    assert written["training"]["data"] == [
        {"name": "iris", "sha256": hashlib.sha256(b"1").hexdigest(), "rows": 150}
    ]
    assert written["evaluations"][0]["metrics"] == {"accuracy": 0.9, "f1": 0.2}


def test_a_framework_that_is_said_is_not_mixed_with_one_that_is_found(desk):
    interface = {"interface": {"protocol": "json", "input": True, "output": True}}
    file = desk.file("fields.json", json.dumps(interface))
    words = ("--framework", "xgboost", "--metadata", file)
    desk.register(desk.file("model.onnx", onnx_bytes()), *words, *NEW, check=True)
    written = desk.written("1.0.0")
    assert written["framework"] == {"name": "xgboost"}
    assert written["interface"] == interface["interface"]


NEXT = {
    "other data": (onnx_bytes(weight=2), "a,c", (), "1.1.0", "MINOR, since the training data changed"),
    "the same training": (onnx_bytes(weight=2), "a,b", (), "1.0.1", "PATCH, since the training data"),
    "another seed": (onnx_bytes(weight=2), "a,b", ("--seed", "2"), "1.1.0", "MINOR, since `training.seed`"),
    "more inputs": (onnx_bytes(5), "a,b", (), "2.0.0", "MAJOR, since callers may send 4 items"),
    "named inputs": (onnx_bytes(inputs=["a", "b"]), "a,b", (), "2.0.0", "MAJOR, since callers may send"),
    "fewer outputs": (onnx_bytes(classes=2), "a,b", (), "2.0.0", "MAJOR, since the new version may answer"),
    "the same bytes": (onnx_bytes(), "a,b", ("--param", "x=1"), "1.0.1", "only metadata changed"),
    "as asked": (onnx_bytes(weight=2), "a,b", ("--bump", "minor"), "1.1.0", "as asked; the least legal"),
    "a number": (onnx_bytes(weight=2), "a,c", ("--version", "1.1.0-rc.1"), "1.1.0-rc.1", "as asked"),
}


@pytest.mark.parametrize("case", NEXT)
def test_the_least_legal_number_is_proposed_with_the_reason(desk, case):
    model, rows, words, number, why = NEXT[case]
    desk.first()
    data = ("--data", f"iris={desk.file('data.csv', rows)}")
    done = desk.register(desk.file("model.onnx", model), *data, "--summary", "Next.", *words)
    assert done.code == 0, done.err
    assert done.out.startswith(f"Registered iris {number}: ")
    assert why in done.out.splitlines()[0]
    assert desk.written(number)["parent"] == "1.0.0"


def test_numbers_below_one_ask_for_minor_and_a_pre_release_may_be_released_as_it_is(desk):
    model = desk.file("model.onnx", onnx_bytes())
    desk.register(model, *NEW, "--version", "0.1.0", check=True)
    wider = desk.file("wider.onnx", onnx_bytes(5))
    assert "iris 0.2.0: MINOR" in desk.register(wider, "--summary", "Five.").out
    desk.register(wider, "--summary", "Done.", "--version", "1.0.0-rc.1", "--seed", "1", check=True)
    again = desk.register(wider, "--summary", "Again.", "--seed", "1")
    refused(again, "MOG309", "iris 1.0.0-rc.1 is the very same", "say --version 1.0.0")
    desk.register(wider, "--summary", "Done.", "--seed", "1", "--version", "1.0.0", check=True)
    assert desk.written("1.0.0")["parent"] == "0.2.0"


@pytest.mark.parametrize(
    ("words", "says", "code"),
    [
        (("--version", "1.0.0"), "iris 1.0.0 exists already", 1),
        (("--version", "0.9.0", "--seed", "5"), "0.9.0 is not greater than its parent 1.0.0", 1),
        (("--version", "1.0.0-rc.1", "--seed", "5"), "is not greater than its parent", 1),
        (("--version", "2"), "'2' is not a semantic version", 2),
        (("--version", "01.0.0"), "is not a semantic version", 2),
        (("--version", "1.1.0", "--bump", "minor"), "not both", 2),
        (("--parent", "1.0.1"), "no version '1.0.1' to be the parent", 2),
        (("--store", "nowhere"), "It has: shared", 1),
        ((), "MOG309", 1),
    ],
)
def test_a_second_version_is_refused_where_its_number_or_its_content_is_not_new(desk, words, says, code):
    model, data = desk.first()
    desk.merge()
    done = desk.register(model, "--data", f"iris={data}", "--summary", "Same.", *words)
    refused(done, says, code=code)
    assert desk.git("status", "--porcelain") == ""


def test_a_bump_that_is_too_small_is_refused_with_a_witness(desk):
    desk.first()
    done = desk.register(desk.file("five.onnx", onnx_bytes(5)), "--summary", "Five.", "--bump", "minor")
    refused(done, "MOG305", "[0, 0, 0, 0] as input", "2.0.0")
    assert not (desk.clone / "models/iris/versions/1.1.0.yaml").exists()


def test_a_number_that_is_merged_elsewhere_is_passed_over(desk):
    desk.first()
    desk.merge()
    bo = desk.new_clone("bo")
    desk.register(desk.file("two.onnx", onnx_bytes(weight=2)), "--summary", "Ana's.", check=True)
    desk.merge()
    desk.git("fetch", "--quiet", cwd=bo)
    three = desk.file("three.onnx", onnx_bytes(weight=3))
    done = desk.modelops("register", "iris", three, "--summary", "Bo's.", cwd=bo)
    assert done.out.startswith("Registered iris 1.2.0: MINOR")
    assert "(1.1.0 is taken)" in done.out


def test_an_older_line_is_mended_with_parent(desk):
    desk.first()
    desk.register(desk.file("five.onnx", onnx_bytes(5)), "--summary", "Five.", check=True)
    words = ("--summary", "Fixed.", "--parent", "1.0.0", "--bump", "minor")
    done = desk.register(desk.file("fixed.onnx", onnx_bytes(weight=2)), *words)
    assert "Registered iris 1.1.0: MINOR" in done.out, done
    assert desk.written("1.1.0")["parent"] == "1.0.0"


def test_an_interface_that_cannot_be_compared_asks_for_a_review(desk):
    desk.first()
    given = {"interface": {"protocol": "json", "input": {**FOUR, "unknownKeyword": 1}, "output": THREE}}
    file = desk.file("fields.json", json.dumps(given))
    words = (desk.file("model.onnx", onnx_bytes(weight=2)), "--summary", "Next.", "--metadata")
    refused(desk.register(*words, file), "MOG306", "interface_review", "make it 2.0.0 with --version")
    review = {"interface_review": {"verdict": "compatible", "reason": "It is an annotation."}}
    file = desk.file("fields.json", json.dumps(given | review))
    assert desk.register(*words, file).code == 0


@pytest.mark.parametrize("words", [("--bump", "minor"), ("--parent", "1.0.0")])
def test_a_first_version_follows_nothing(refusing, words):
    done = refusing.register(refusing.file("model.onnx", onnx_bytes()), *NEW, *words)
    refused(done, "iris has no version", code=2)


@pytest.mark.parametrize("name", ["Iris", "../x", "versions", "", "a b", "x/rollouts", "a" * 200])
def test_a_bad_name_is_refused_with_the_rule(refusing, name):
    done = refusing.register(refusing.file("model.onnx", onnx_bytes()), *NEW, model=name)
    refused(done, "is not a name for a model", "lower-case", code=2)


def test_a_model_in_a_model_is_refused(desk):
    model, _ = desk.first()
    refused(desk.register(model, *NEW, model="iris/inner"), "MOG117", "lies inside the model 'iris'")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--param", "x"), "Write NAME=VALUE"),
        (("--param", "x=1", "--param", "x=2"), "--param x is given twice"),
        (("--param", "x=.nan"), "is no finite number"),
        (("--param", "x=9007199254740993"), "beyond ±(2^53 - 1)"),
        (("--metric", "accuracy"), "[EVALUATION:]NAME=VALUE"),
        (("--metric", "accuracy=inf"), "is no number"),
        (("--metric", ":accuracy=1"), "[EVALUATION:]NAME=VALUE"),
        (("--seed", "99999999999999999999"), "beyond ±(2^53 - 1)"),
        (("--data", "iris"), "Write NAME=FILE"),
        (("--data", "iris=absent.csv"), "there is no file absent.csv"),
        (("--data", "iris=."), ". is a folder"),
        (("--role", "absent.txt=other"), "there is no file 'absent.txt'"),
        (("--role", "model.onnx=boss"), "The roles are model, adapter"),
        (("--framework", "=1"), "Write NAME or NAME=VERSION"),
        (("--metadata", "absent.yaml"), "No such file"),
        (("--metadata", "."), "Is a directory"),
        (("--code", "absent"), "there is no such folder"),
        (("--summary", "a\u202eb"), "--summary holds the hidden character U+202E"),
        (("--description", "a\x1b[31m"), "--description holds the hidden character U+001B"),
        (("--limitation", "caf\udce9"), "--limitation is not UTF-8 text"),
        (("--param", "caf\udce9=1"), "--param is not UTF-8 text"),
        (("--data", "\udce9=modelops.yaml"), "the name of --data is not UTF-8 text"),
    ],
)  # fmt: skip
def test_words_that_make_no_sense_are_refused_with_what_to_write(refusing, words, says):
    done = refusing.register(refusing.file("model.onnx", onnx_bytes()), *NEW, *words)
    refused(done, says, code=2)


@pytest.mark.parametrize("text", ["null", "1.10", "yes", "a: b # c", "two\nlines", "'\"", "- x", "é 🙂"])
def test_any_text_is_kept_as_it_was_typed(desk, text):
    desk.register(desk.file("model.onnx", onnx_bytes()), *NEW, "--summary", text, "--param", f'p="{text}"')
    written = desk.written("1.0.0")
    assert (written["summary"], written["training"]["hyperparameters"]["p"]) == (text, text)


HOSTILE = {
    "a list": ("- a\n", "MOG102", ":1:1"),
    "a word": ("hello\n", "MOG102", ":1:1"),
    "nothing": ("", "Write fields of the manifest", ":1:1"),
    "too large": ("summary: " + "x" * 1_100_000, "MOG108", ":1:1"),
    "too deep": ('{"training":' * 80 + "1" + "}" * 80, "MOG108", ":1:"),
    "brackets": ("[" * 5000, "MOG108", ":1:"),
    "aliases": ("summary: S\na: &a [x]\nb: [*a, *a]\n", "MOG104", ":2:4"),
    "a merge key": ("summary: S\n<<: {algorithm: a}\n", "MOG105", ":2:1"),
    "a tag": ("summary: !!python/object/apply:os.system [x]\n", "MOG106", ":1:10"),
    "two documents": ("summary: S\n---\nsummary: T\n", "MOG107", ":2:1"),
    "a tab": ("summary:\n\t- a\n", "MOG102", ":2:1"),
    "cut off": ('{"summary": "S"', "MOG102", ":1:1"),
    "NUL": (b"summary: S\nalgorithm: a\x00b\n", "MOG110", ":2:13"),
    "an escape": ('algorithm: "a\\e[31m"\n', "MOG110", ":1:12"),
    "Latin-1": (b"summary: caf\xe9\n", "MOG101", ":1:13"),
    "UTF-16": ("summary: S\n".encode("utf-16"), "MOG101", ":1:1"),
    "half a surrogate": ('{"summary":"\\ud800"}', "MOG102", ":1:13"),
    "a key twice": ("summary: S\nalgorithm: a\nalgorithm: b\n", "MOG103", ":3:1"),
    "a key twice in JSON": ('{"summary":"S",\n"summary":"T"}', "MOG103", ":2:1"),
    "a list as a key": ("summary: S\n? [a]\n: b\n", "MOG102", ":2:3"),
    "an unknown field": ("sumary: S\n", "Did you mean `summary`?", ":1:1"),
    "a list for a text": ("summary: [S]\n", "MOG114", ":1:10"),
    "a number for a mapping": ("training: 5\n", "MOG114", ":1:11"),
    "a text for artifacts": ("artifacts: all\n", "MOG114", ":1:12"),
    "rows that are none": ("artifacts: [null, 3, {path: [1]}]\n", "MOG114", ":1:13"),
    "evaluations that are none": ("evaluations: [1, null, {metrics: 5}]\n", "MOG114", ":1:15"),
    "no number": ("training: {hyperparameters: {a: .nan}}\n", "MOG115", ":1:33"),
    "a huge seed": ("training: {seed: 123456789012345678901234567890}\n", "MOG115", ":1:18"),
    "a time that is none": ("created_at: yesterday\n", "MOG115", ":1:13"),
    "a version that is none": ("version: newest\n", "MOG115", ":1:10"),
    "another kind": ("kind: Model\n", "MOG115", ":1:7"),
    "another model": ("model: other\n", "MOG116", ":1:8"),
    "no schema": ("interface: {protocol: json, input: {type: thing}, output: true}\n", "MOG311", ":1:43"),
    "no such file": ("artifacts: [{path: ghost.txt, role: config}]\n", "ghost.txt is not among", ":1:13"),
    "other bytes": ("artifacts: [{path: model.onnx, size: 5}]\n", "has the size", ":1:38"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_metadata_are_findings_with_their_place(refusing, name):
    content, says, place = HOSTILE[name]
    file = refusing.file("hostile.yaml", content)
    done = refusing.register(refusing.file("model.onnx", onnx_bytes()), *NEW, "--metadata", file)
    refused(done, says, f"hostile.yaml{place}")
    assert done.err.count(says) <= 4, "each mistake is said once"
    assert "format-mismatch" not in done.err


def test_a_huge_future_time_is_a_warning_only(desk):
    file = desk.file("fields.yaml", "created_at: 2999-01-01T00:00:00Z\n")
    done = desk.register(desk.file("model.onnx", onnx_bytes()), *NEW, "--metadata", file)
    assert (done.code, "warning MOG316" in done.err) == (0, True)


def code_repository(desk, *, origin="https://ana:secret@git.example/iris.git"):
    folder = desk.folder / "code"
    desk.run("git", "init", "--quiet", str(folder))
    (folder / "train.py").write_text("1")
    desk.git("add", "--all", cwd=folder)
    desk.git("commit", "--quiet", "-m", "code", cwd=folder)
    if origin:
        desk.git("remote", "add", "origin", origin, cwd=folder)
    return folder, desk.git("rev-parse", "HEAD", cwd=folder)


def test_the_commit_of_the_code_is_recorded_without_credentials_and_a_note_if_it_is_dirty(desk):
    folder, commit = code_repository(desk)
    (folder / "train.py").write_text("2")
    done = desk.register(desk.file("model.onnx", onnx_bytes()), *NEW, "--code", folder)
    assert desk.written("1.0.0")["training"]["code"] == {
        "repository": "https://git.example/iris.git",
        "commit": commit,
    }
    assert "differs from its commit" in done.err


def test_the_named_code_wins_over_the_metadata_and_the_metadata_over_what_lies_beside(desk):
    folder, commit = code_repository(desk)
    (folder / "model.onnx").write_bytes(onnx_bytes())
    other = {"repository": "https://git.example/other", "commit": COMMIT, "entrypoint": "train.py"}
    file = desk.file("fields.json", json.dumps({"training": {"code": other}}))
    words = (folder / "model.onnx", *NEW, "--metadata", file)
    desk.register(*words, model="beside", check=True)
    assert desk.written("1.0.0", "beside")["training"]["code"] == other
    desk.register(*words, "--code", folder, model="named", check=True)
    named = desk.written("1.0.0", "named")["training"]["code"]
    assert named == {"repository": "https://git.example/iris.git", "commit": commit, "entrypoint": "train.py"}


def test_a_commit_that_is_said_is_not_given_the_repository_of_another(desk):
    folder, _ = code_repository(desk)
    (folder / "model.onnx").write_bytes(onnx_bytes())
    file = desk.file("fields.json", json.dumps({"training": {"code": {"commit": COMMIT}}}))
    refused(desk.register(folder / "model.onnx", *NEW, "--metadata", file), "lacks `repository`")


def test_code_that_cannot_be_fetched_is_refused_if_named_and_left_out_if_found(desk):
    folder, _ = code_repository(desk, origin="")
    (folder / "model.onnx").write_bytes(onnx_bytes())
    words = (folder / "model.onnx", *NEW)
    refused(desk.register(*words, "--code", folder), "Add a remote `origin`")
    done = desk.register(*words, check=True)
    assert "is not recorded as the code" in done.err
    assert "training" not in desk.written("1.0.0")


@pytest.mark.parametrize("make", ["mkdir", "git init --quiet"])
def test_code_in_no_repository_or_without_a_commit_is_refused(refusing, tmp_path, make):
    folder = tmp_path / "code"
    refusing.run(*make.split(), str(folder))
    done = refusing.register(refusing.file("model.onnx", onnx_bytes()), *NEW, "--code", folder)
    refused(done, "is in no git repository that has a commit", "Commit the code first", code=2)


def test_without_the_onnx_package_the_message_names_the_extra(refusing, monkeypatch):
    model = refusing.file("model.onnx", onnx_bytes())
    monkeypatch.setitem(sys.modules, "onnx", None)
    refused(refusing.register(model, *NEW), "needs the onnx package", 'pip install "modelops-git[onnx]"')


def test_without_the_onnx_package_a_stated_interface_is_enough(desk, monkeypatch):
    stated = {"interface": {"protocol": "json", "input": True, "output": True}}
    words = (
        desk.file("model.onnx", onnx_bytes()),
        *NEW,
        "--metadata",
        desk.file("f.json", json.dumps(stated)),
    )
    monkeypatch.setitem(sys.modules, "onnx", None)
    assert desk.register(*words).code == 0


def test_json_output_is_one_document_whatever_happens(desk):
    model = desk.file("model.onnx", onnx_bytes())
    done = desk.json("register", "iris", model, *NEW)
    assert (done["version"], done["why"], done["written"][0]) == (
        "1.0.0",
        "the first version",
        "models/iris/model.yaml",
    )
    again = desk.json("register", "iris", model, "--summary", "Again.")
    assert [finding["code"] for finding in again["error"]["findings"]] == ["MOG309"]
    assert desk.json("register", "iris")["error"]["kind"] == "usage"
