"""Running checks: what is found, what is skipped and why, and what a comment switches off."""

from __future__ import annotations

import pytest

import casebook
from modelops_git.core.catalog import Catalog
from modelops_git.core.checks.context import Facts
from modelops_git.core.checks.run import Result, Skipped, run
from modelops_git.core.findings import Severity
from modelops_git.core.snapshot import EMPTY, Change, DictSnapshot

REGISTRY = "modelops.yaml"
MODEL = "models/iris/model.yaml"
OLD = "models/iris/versions/1.0.0.yaml"
NEWEST = "models/iris/versions/1.1.0.yaml"
STAGING = "models/iris/rollouts/staging.yaml"


def files():
    snapshot = casebook.registry()
    return {path: snapshot.read(path).decode() for path in snapshot.paths()}


def checked(head, *, base=None, paths=None, facts=None, modes=None):
    before, after = DictSnapshot(files() if base is None else base), DictSnapshot(head, modes=modes)
    change = Change.between(before, after)
    catalog = Catalog(after)
    wanted = (*catalog.everything(), *change.changed) if paths is None else paths
    return run(catalog, change, wanted, facts or Facts(casebook.NOW, before))


def codes(result):
    return [finding.code for finding in result.findings]


def test_an_empty_registry_has_nothing_to_check():
    assert run(Catalog(EMPTY), None, ()) == Result()


def test_without_modelops_yaml_everything_that_needs_it_is_skipped():
    head = files()
    del head[REGISTRY]
    result = checked(head, base={})
    assert codes(result) == ["MOG218"]
    because = {one.code: one.because for one in result.skipped if one.path == STAGING}
    assert because["MOG203"] == "modelops.yaml is not there or cannot be read"
    assert {"MOG205", "MOG216", "MOG512"} <= {one.code for one in result.skipped}


def test_a_file_that_does_not_parse_skips_its_checks_and_those_that_need_it():
    head = {**files(), NEWEST: "kind: ["}
    result = checked(head)
    assert codes(result) == ["MOG102"]
    skipped = {(one.path, one.code): one.because for one in result.skipped}
    assert skipped[NEWEST, "MOG305"] == f"{NEWEST} has mistakes of its own"
    assert skipped[NEWEST, "MOG301"] == f"{NEWEST} cannot be read as it was after the change"
    assert skipped[STAGING, "MOG204"] == f"{NEWEST} is not there or cannot be read"


def test_what_was_not_asked_for_is_not_checked():
    head = {**files(), MODEL: "kind: [", REGISTRY: "kind: ["}
    result = checked(head, paths=[MODEL])
    assert {finding.place.path for finding in result.findings} == {MODEL}
    assert result.files == (MODEL,)


def test_a_deleted_file_is_looked_at():
    head = files()
    del head[OLD]
    result = checked(head, paths=[OLD])
    assert (codes(result), result.files) == (["MOG302"], (OLD,))


def test_other_files_are_no_business_of_the_registry():
    assert checked({**files(), "models/iris/README.md": "hello"}).files == tuple(sorted(files()))


@pytest.mark.parametrize(("mode", "what"), [("120000", "a symbolic link"), ("160000", "a submodule")])
def test_links_and_submodules_are_refused_whatever_they_are_called(mode, what):
    head = {**files(), "models/tulip": "x", OLD: "x"}
    result = checked(head, modes={"models/tulip": mode, OLD: mode})
    found = [finding for finding in result.findings if finding.code == "MOG118"]
    assert [finding.place.path for finding in found] == ["models/tulip", OLD][::-1]
    assert all(what in finding.message for finding in found)
    assert Skipped(OLD, "MOG311", f"{OLD} is no plain file") in result.skipped


def test_without_the_time_or_the_tip_checks_that_need_them_are_skipped():
    result = checked({**files()}, base={}, facts=Facts())
    because = {one.code: one.because for one in result.skipped}
    assert because["MOG316"] == "the time is not known"
    assert because["MOG303"] == "the newest state of the default branch is not known"
    assert result.findings == ()


def test_a_version_that_could_not_be_read_when_merged_may_be_mended():
    result = checked(files(), base={**files(), OLD: "kind: ["})
    assert (result.findings, result.skipped) == ((), ())


def test_a_merged_version_is_not_judged_by_rules_that_came_later():
    head = {**files(), REGISTRY: files()[REGISTRY].replace("evaluations]", "evaluations, limitations]")}
    head[MODEL] = files()[MODEL].replace("min: 0.9,", "min: 0.99,")
    assert checked(head).findings == ()
    assert set(codes(checked(head, base={}))) == {"MOG310", "MOG313"}


def test_a_tampered_version_gives_no_edit_that_would_pin_it():
    head = {**files(), NEWEST: files()[NEWEST].replace("0.97", "0.99")}
    found = {finding.code: finding for finding in checked(head).findings}
    assert set(found) == {"MOG204", "MOG301"}
    assert found["MOG204"].edits == ()
    assert found["MOG204"].hint == f"Restore {NEWEST}."


def test_a_forgotten_pin_gives_a_safe_edit_and_a_confused_one_does_not():
    text = files()[STAGING]
    pinned = text.partition("manifest_digest: ")[2].split("\n")[0]
    (forgotten,) = checked({**files(), STAGING: text.replace(pinned, "sha256:" + "0" * 64)}).findings
    assert forgotten.fixable
    assert forgotten.edits[0].text == pinned
    (confused,) = checked({**files(), STAGING: text.replace("version: 1.1.0", "version: 1.0.0")}).findings
    assert confused.edits
    assert not confused.fixable


def test_findings_are_sorted_and_each_is_there_once():
    head = {path: text for path, text in files().items() if path != REGISTRY}
    result = checked({**head, MODEL: head[MODEL].replace("low", "medum")}, base={})
    places = [finding.place.path for finding in result.findings]
    assert places == sorted(places)
    assert codes(result).count("MOG218") == 1


def test_errors_and_warnings_are_counted():
    head = files()
    text = head[NEWEST].replace("1.1.0", "1.2.0").replace("parent: 1.0.0", "parent: 1.1.0")
    text = text.replace("2026-05", "2062-05").replace("2" * 64, "3" * 64).replace("0.97", "0.8")
    result = checked({**head, "models/iris/versions/1.2.0.yaml": text})
    assert (result.errors, result.warnings) == (2, 1)
    assert {finding.severity for finding in result.findings if finding.code == "MOG316"} == {Severity.WARNING}


WRONG = "strategy: at-onec"


@pytest.mark.parametrize(
    ("comment", "counts"),
    [
        (f"{WRONG}  # modelops: ignore[MOG216] it comes with the next release", 0),
        (f"# modelops: ignore[MOG204, MOG216] it comes with the next release\n{WRONG}", 0),
        (f"{WRONG}  # modelops: ignore[MOG216]", 1),
        (f"{WRONG}  # modelops: ignore[MOG204] another check", 1),
        (f"# modelops: ignore[MOG216] two lines above\n# and here is another comment\n{WRONG}", 1),
        (f"first_deployment: skip  # modelops: ignore[MOG216] not its own line\n{WRONG}", 1),
    ],
)
def test_a_comment_with_a_reason_switches_a_finding_off(comment, counts):
    result = checked({**files(), STAGING: files()[STAGING].replace("strategy: at-once", comment)})
    assert codes(result).count("MOG216") == counts
    assert len(result.suppressed) == 1 - counts


def test_a_law_cannot_be_switched_off():
    line = "metrics: {accuracy: 0.99}}  # modelops: ignore[MOG301] it was wrong"
    head = {**files(), OLD: files()[OLD].replace("metrics: {accuracy: 0.96}}", line)}
    assert "MOG301" in codes(checked(head, paths=[OLD]))


def told(text, path=STAGING, **kwargs):
    result = checked({**files(), path: text}, **kwargs)
    return [(one.message, one.place.line) for one in result.findings if one.code == "MOG119"]


@pytest.mark.parametrize(
    ("comment", "message"),
    [
        ("ignore[MOG204] it is right", "MOG204 finds nothing here, so the comment suppresses nothing."),
        ("ignore[MOG204]", "The comment suppresses nothing: it gives no reason."),
        ("ignore[MOG204]reason", "The comment suppresses nothing: it gives no reason."),
        ("ignore MOG204 reason", "The comment suppresses nothing: it is not of the form."),
        ("ignore[mog204] reason", "The comment suppresses nothing: it is not of the form."),
        ("ignore[MOG999] reason", "There is no check 'MOG999'."),
        ("ignore[MOG301] reason", "MOG301 cannot be suppressed."),
        ("ignore[MOG505] the target will learn it", "MOG505 cannot be suppressed."),
        ("ignore[MOG209] reason", "MOG209 is not about a Rollout, so the comment suppresses nothing."),
    ],
)
def test_a_comment_that_switches_nothing_off_is_told(comment, message):
    line = f"strategy: at-once # modelops: {comment}"
    assert told(files()[STAGING].replace("strategy: at-once", line)) == [(message, 7)]


def test_each_code_of_a_comment_is_judged_by_itself():
    line = "# modelops: ignore[MOG204, MOG216] it comes with the next release\nstrategy: at-onec"
    assert [message for message, _ in told(files()[STAGING].replace("strategy: at-once", line))] == [
        "MOG204 finds nothing here, so the comment suppresses nothing."
    ]


def test_the_same_words_in_a_text_are_no_comment():
    text = files()[NEWEST].replace("Retrained on May's data.", '"See # modelops: ignore[MOG209] there"')
    assert told(text, NEWEST) == []
    block = files()[NEWEST].replace(
        "Retrained on May's data.", "|\n  See\n  # modelops: ignore[MOG209] there"
    )
    assert told(block, NEWEST) == []


def test_a_comment_is_not_told_where_its_check_was_not_made():
    line = "strategy: at-once # modelops: ignore[MOG204] the digest is of a version that comes later"
    head = {**files(), STAGING: files()[STAGING].replace("strategy: at-once", line), NEWEST: "kind: ["}
    result = checked(head)
    assert "MOG204" in {one.code for one in result.skipped if one.path == STAGING}
    assert "MOG119" not in codes(result)


def test_a_comment_on_a_check_of_changes_is_not_told_of_a_file_that_has_not_changed():
    line = "metrics: {accuracy: 0.97}} # modelops: ignore[MOG313] agreed with the owners"
    text = files()[NEWEST].replace("metrics: {accuracy: 0.97}}", line)
    assert told(text, NEWEST, base={**files(), NEWEST: text}) == []
    assert told(text, NEWEST) == []
    new = files()
    del new[NEWEST]
    assert [message for message, _ in told(text, NEWEST, base=new)] == [
        "MOG313 finds nothing here, so the comment suppresses nothing."
    ]


TOKEN = "hf_" + "aBcDeFgH12" * 4


@pytest.mark.parametrize(
    "line",
    [
        f"risk: {TOKEN}",
        f"{TOKEN}: 1",
        f"risk: low # {TOKEN}",
        f"risk: [{TOKEN}",
        f"owners: [{TOKEN}]\nrisk: low",
    ],
)
def test_no_finding_shows_a_secret(line):
    text = files()[MODEL].replace("risk: low", line)
    if "owners: [hf" in line:
        text = text.replace("owners: [ml-engineers]\n", "")
    result = checked({**files(), MODEL: text})
    assert "MOG120" in codes(result)
    assert TOKEN[:8] not in str([(one.message, one.hint) for one in result.findings])


def test_a_secret_is_found_once_in_a_file_with_mistakes_too():
    result = checked({**files(), MODEL: f"kind: [\n# {TOKEN}\n"})
    (secret,) = (one for one in result.findings if one.code == "MOG120")
    assert (secret.place.line, secret.place.column) == (2, 3)
    assert "MOG102" in codes(result)
