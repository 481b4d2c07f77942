"""`modelops doctor --forge`: what the forge should be set to, for each in its words."""

import re
from pathlib import Path

import pytest

from forgery import github, gitlab
from forging.github import settings as github_settings
from forging.github.routes import ROUTES as GITHUB
from forging.gitlab import settings as gitlab_settings
from forging.gitlab.routes import ROUTES as GITLAB
from installed import Registry as Folder
from modelops_git.core.errors import UsageError
from modelops_git.engine.doctor_forge import examine_forge
from modelops_git.faces.cli.main import main

GUIDE = Path(__file__).parents[3] / "docs/guides/forges.md"
REGISTRY = """\
api_version: modelops/v1
kind: Registry
name: acme
default_store: here
stores: {here: {uri: "file:store"}}
environments:
  - name: production
    targets: [{models: ["*"], type: gateway, uri: "file:production"}]
"""
SAFE = {"github": github_settings.safe(checks=("all-green",)), "gitlab": gitlab_settings.safe()}


@pytest.fixture
def registry(tmp_path):
    (tmp_path / "registry").mkdir()
    folder = Folder(tmp_path / "registry")
    folder.git("init", "--quiet", "--initial-branch=main")
    (folder.path / "modelops.yaml").write_text(REGISTRY)
    return folder


@pytest.fixture(params=["github", "gitlab"])
def fake(request, tmp_path, registry, monkeypatch):
    with {"github": github, "gitlab": gitlab}[request.param](tmp_path) as server:
        forge = f"forge: {{type: {server.kind}, repository: acme/models, url: '{server.api}'}}\n"
        (registry.path / "modelops.yaml").write_text(REGISTRY + forge)
        monkeypatch.setenv(f"{server.kind.upper()}_TOKEN", server.token)
        yield server


def test_nothing_is_wrong_where_all_is_set(fake, registry):
    fake.settings = SAFE[fake.kind]
    found = examine_forge(registry.path)
    assert {one.state for one in found} == {"ok"}
    assert any("modelops/acme/journal/production" in one.name for one in found)
    assert any("production" in one.name and "environment" in one.name for one in found)


@pytest.mark.usefixtures("fake")
def test_whatever_is_not_set_fails_and_says_where_to_set_it(registry):
    found = examine_forge(registry.path)
    wrong = [one for one in found if one.state == "fail"]
    assert len(wrong) >= len(found) - 1  # the token is that of a user
    assert all("Settings >" in one.hint or "modelops codeowners" in one.hint for one in wrong)


def test_what_the_token_may_not_see_is_a_warning(fake, registry):
    fake.settings = SAFE[fake.kind]
    parts = {
        "github": ("/rules", "/protection", "/environments", "/codeowners", "/permissions"),
        "gitlab": ("/protected_", "/approval", "/push_rule"),
    }
    fake.hidden = dict.fromkeys(parts[fake.kind], 403)
    found = examine_forge(registry.path)
    assert {"warn"} <= {one.state for one in found} <= {"warn", "ok"}
    assert len([one for one in found if one.state == "ok"]) <= 2


def test_a_wrong_token_is_a_failure_of_its_own(fake, registry, monkeypatch):
    monkeypatch.setenv(f"{fake.kind.upper()}_TOKEN", "other")
    (found,) = examine_forge(registry.path)
    assert (found.name, found.state) == ("forge", "fail")
    assert f"{fake.kind.upper()}_TOKEN" in found.hint


def test_a_registry_without_a_forge_has_nothing_to_look_at(registry):
    with pytest.raises(UsageError, match="names no forge"):
        examine_forge(registry.path)


@pytest.mark.usefixtures("fake")
def test_the_command_prints_each_with_what_to_do(registry, capsys):
    assert main(["--repo", str(registry.path), "doctor", "--forge"]) == 1
    printed = capsys.readouterr().out
    assert "fail  " in printed
    assert "      -> Settings > " in printed


def test_the_guide_shows_what_is_printed_of_a_new_repository(tmp_path, registry, monkeypatch, capsys):
    with github(tmp_path) as fake:
        forge = f"forge: {{type: github, repository: acme/models, url: '{fake.api}'}}\n"
        (registry.path / "modelops.yaml").write_text(REGISTRY + forge)
        monkeypatch.setenv("GITHUB_TOKEN", fake.token)
        main(["--repo", str(registry.path), "doctor", "--forge"])
    (shown,) = re.findall(r"```text\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    assert capsys.readouterr().out == shown


@pytest.mark.parametrize("routes", [GITHUB, GITLAB])
def test_the_guide_names_all_that_is_asked(routes):
    text = GUIDE.read_text()
    paths = {
        re.sub(r"^/(repos/\{owner\}/\{repo\}|projects/\{id\})(?=/|$)", "", one.template) for one in routes
    }
    assert [path for path in sorted(paths) if path and f"`{path}`" not in text] == []
