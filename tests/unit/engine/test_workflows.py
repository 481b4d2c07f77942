"""The pipelines that `init --forge` writes, and our own: held to what the guide promises of them."""

import json
import os
import re
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest
import yaml

from modelops_git import __version__
from modelops_git.engine.workflows import ACTING, REVIEWING, Setting, pipeline, workflows

BIN = Path(sys.executable).parent
SETTINGS = {
    "top": Setting("acme", "main", ("staging", "production")),
    "folder": Setting("acme", "release/2", ("staging",), "ml [x] #1"),
    "without": Setting("acme", "main", ()),
}
PIN = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
OF_PULL_REQUESTS = {"pull_request", "pull_request_review", "merge_group"}


def read(text):
    return yaml.load(text, yaml.BaseLoader)  # noqa: S506 - makes texts alone: `on` is a key, not a boolean


ALL = {
    (kind, Path(path).name.removeprefix(setting.prefix)): text
    for kind, setting in SETTINGS.items()
    for path, text in workflows(setting).items()
}
EACH = pytest.mark.parametrize(("kind", "name"), list(ALL))


def jobs(text):
    return read(text)["jobs"]


def checkouts(text):
    return [
        step for job in jobs(text).values() for step in job["steps"] if "checkout" in step.get("uses", "")
    ]


def scripts(text):
    return [step["run"] for job in jobs(text).values() for step in job["steps"] if "run" in step]


def test_without_environments_there_is_nothing_to_act_on():
    assert {name for kind, name in ALL if kind == "without"} == set(REVIEWING)
    assert {name for kind, name in ALL if kind == "top"} == {*REVIEWING, *ACTING}


def test_two_registries_of_a_repository_have_files_checks_and_titles_of_their_own():
    top, folder = SETTINGS["top"], SETTINGS["folder"]
    assert not workflows(top).keys() & workflows(folder).keys()
    assert (top.gate, folder.gate) == ("all-green", "acme all-green")
    assert read(ALL["top", "validate.yml"])["name"] != read(ALL["folder", "validate.yml"])["name"]
    [run] = read(ALL["folder", "fork-comment.yml"])["on"]["workflow_run"]["workflows"]
    assert run == read(ALL["folder", "validate.yml"])["name"]


@pytest.mark.parametrize("kind", SETTINGS)
def test_actionlint_and_zizmor_at_its_strictest_report_nothing(tmp_path, kind):
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    for path, text in workflows(SETTINGS[kind]).items():
        (tmp_path / path).write_text(text)
    written = sorted(folder.glob("*.yml"))
    lint = subprocess.run([BIN / "actionlint", *written], capture_output=True, text=True, check=False)
    assert (lint.returncode, lint.stdout) == (0, "")
    command = [BIN / "zizmor", "--offline", "--quiet", "--persona", "auditor", tmp_path]
    audit = subprocess.run(command, capture_output=True, text=True, check=False)
    assert audit.returncode == 0, audit.stdout


@EACH
def test_nothing_is_allowed_but_what_a_job_says_it_needs(kind, name):
    text = ALL[kind, name]
    assert read(text)["permissions"] == {}
    for job in jobs(text).values():
        assert "permissions" in job
        assert int(job["timeout-minutes"]) > 0
    allowed = re.findall(r"^      (\S+: (?:read|write))(.*)$", text, re.MULTILINE)
    assert [what for what, why in allowed if not why.startswith(" # ")] == []


@EACH
def test_actions_are_pinned_and_keep_no_token(kind, name):
    text = ALL[kind, name]
    used = re.findall(r"uses: (.*)", text)
    assert [line for line in used if not PIN.fullmatch(line)] == []
    assert [step for step in checkouts(text) if step["with"]["persist-credentials"] != "false"] == []


@EACH
def test_no_text_of_the_event_becomes_part_of_a_script(kind, name):
    assert [script for script in scripts(ALL[kind, name]) if "${{" in script] == []


@EACH
def test_no_interpreter_looks_for_modules_in_the_repository(kind, name):
    """`python -m pip` would run the `pip.py` of a pull request: without -I its folder comes first."""
    pythons = [line for script in scripts(ALL[kind, name]) for line in re.findall(r"\bpython3?\b.*", script)]
    assert [line for line in pythons if not re.match(r"python3? -I ", line)] == []


def test_what_a_pull_request_starts_never_has_the_rights_of_the_base():
    for text in ALL.values():
        started = set(read(text)["on"])
        assert "pull_request_target" not in started
        if started & OF_PULL_REQUESTS:
            assert not any(
                (job["permissions"] or {}).get("contents") == "write" for job in jobs(text).values()
            )


def test_in_a_pull_request_one_job_has_an_identity_and_another_one_writes():
    rights = {name: job["permissions"] or {} for name, job in jobs(ALL["top", "validate.yml"]).items()}
    assert [name for name in rights if "id-token" in rights[name]] == ["verify"]
    assert [name for name in rights if rights[name].get("pull-requests") == "write"] == ["comment"]
    assert [name for name in rights if "security-events" in rights[name]] == ["alerts"]


def test_the_comment_on_a_fork_checks_out_the_base_and_takes_no_artifact():
    [job] = jobs(ALL["top", "fork-comment.yml"]).values()
    [checkout] = checkouts(ALL["top", "fork-comment.yml"])
    assert checkout["with"]["ref"] == "main"
    assert len([step for step in job["steps"] if "uses" in step]) == 2
    assert "artifact" not in str(job)


@pytest.mark.parametrize("name", ["apply.yml", "reconcile.yml", "audit.yml"])
def test_what_has_begun_is_not_cancelled_and_acts_on_the_head_of_the_branch(name):
    text = ALL["top", name]
    assert read(text)["concurrency"]["cancel-in-progress"] == "false"
    assert 'ref: "main"' in text
    assert "github.sha" not in text


def test_environments_are_taken_in_the_order_of_promotion_and_one_does_not_stop_the_next():
    job = jobs(ALL["top", "apply.yml"])["apply"]
    assert job["strategy"]["matrix"]["environment"] == ["staging", "production"]
    assert (job["strategy"]["max-parallel"], job["strategy"]["fail-fast"]) == ("1", "false")
    assert job["environment"] == "${{ matrix.environment }}"


def test_the_gate_needs_every_job_that_judges():
    text = jobs(ALL["top", "validate.yml"])
    assert text["all-green"]["if"] == "always()"
    assert text["all-green"]["needs"] == ["check", "verify"]


@pytest.mark.parametrize(
    ("results", "code"),
    [("success success", 0), ("success skipped", 1), ("failure success", 1), ("cancelled", 1)],
)
def test_the_gate_takes_nothing_for_a_success_but_a_success(results, code):
    [step] = jobs(ALL["top", "validate.yml"])["all-green"]["steps"]
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
    done = subprocess.run(command, env={"RESULTS": results}, capture_output=True, check=False)
    assert done.returncode == code


ANSWER = """#!/bin/sh -e
test "$*" = "--fail --silent --show-error --header Authorization: bearer one https://oidc?a=b&audience=sts.amazonaws.com"
echo '{"count": 1, "value": "a.b.c"}'
"""


@pytest.mark.parametrize(("name", "job"), [("validate.yml", "verify"), ("apply.yml", "apply")])
def test_the_identity_is_the_runners_own_and_goes_into_a_file_as_the_sdk_reads_it(tmp_path, name, job):
    [step] = [one for one in jobs(ALL["top", name])[job]["steps"] if "identity" in one.get("name", "")]
    (tmp_path / "curl").write_text(ANSWER)
    (tmp_path / "curl").chmod(0o755)
    env = {
        "PATH": f"{tmp_path}{os.pathsep}{BIN}{os.pathsep}{os.environ['PATH']}",
        "RUNNER_TEMP": str(tmp_path),
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "one",
        "ACTIONS_ID_TOKEN_REQUEST_URL": "https://oidc?a=b",
    }
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
    subprocess.run(command, env=env, check=True)
    assert (tmp_path / "identity").read_bytes() == b"a.b.c"


def test_the_action_installs_this_release(project):
    inputs = read((project / "action.yml").read_text())["inputs"]
    assert inputs["version"]["default"] == __version__
    command = [BIN / "zizmor", "--offline", "--quiet", "--persona", "auditor", project / "action.yml"]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0


class GitLab(yaml.SafeLoader):
    """YAML with the tag that GitLab knows."""


GitLab.add_constructor("!reference", lambda loader, node: loader.construct_sequence(node))


def gitlab(kind):
    return yaml.load(pipeline(SETTINGS[kind]), GitLab)  # noqa: S506 - a safe loader


@pytest.mark.parametrize("kind", SETTINGS)
def test_a_pipeline_is_what_the_schema_of_gitlab_takes(kind):
    schema = json.loads((files("check_jsonschema") / "builtin_schemas/vendor/gitlab-ci.json").read_text())
    judge = jsonschema.Draft7Validator(schema)
    assert [f"{error.json_path}: {error.message}" for error in judge.iter_errors(gitlab(kind))] == []
    assert not judge.is_valid({"job": {"script": 3}})


def test_a_pipeline_has_a_job_for_each_environment_that_waits_for_the_one_before():
    jobs = gitlab("top")
    for verb in ("apply", "reconcile"):
        assert "needs" not in jobs[f"{verb} staging"]
        assert jobs[f"{verb} production"]["needs"] == [f"{verb} staging"]
        assert jobs[f"{verb} production"]["rules"][0]["when"] == "always"


@pytest.mark.parametrize("kind", SETTINGS)
def test_every_script_of_a_pipeline_is_one_that_bash_reads(kind):
    lines = [
        line
        for job in gitlab(kind).values()
        if isinstance(job, dict)
        for part in ("before_script", "script")
        for line in job.get(part, [])
        if isinstance(line, str)
    ]
    assert len(lines) > 30
    for line in lines:
        done = subprocess.run(["bash", "-n", "-c", line], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, ""), line
    assert [line for line in lines if re.search(r"\bpython3? (?!-I )", line)] == []
