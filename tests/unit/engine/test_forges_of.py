"""Which forge a registry has, from its manifest, the remote's address and the environment."""

from types import SimpleNamespace

import pytest

from installed import Registry as Folder
from modelops_git.core.errors import ForgeError, UsageError
from modelops_git.core.manifests.forge import Forge
from modelops_git.edges.git.repository import find_registry
from modelops_git.engine.forges import Remote, forge_of, remote_at


def registry(remote="origin", **said):
    forge = Forge.model_validate({"type": "github"} | said) if said is not None else None
    return SimpleNamespace(forge=forge, journal=SimpleNamespace(remote=remote))


@pytest.fixture
def repository(tmp_path, monkeypatch):
    folder = Folder(tmp_path)
    folder.git("init", "--quiet", "--initial-branch=main")
    (tmp_path / "modelops.yaml").write_text("api_version: modelops/v1\nkind: Registry\n")
    for name in ("GITHUB_TOKEN", "GITLAB_TOKEN"):
        monkeypatch.setenv(name, "a-token")
    folder.git("remote", "add", "origin", "git@github.com:acme/models.git")
    folder.git("remote", "add", "inside", "https://someone:secret@git.example/acme/models")
    return find_registry(tmp_path)


@pytest.mark.parametrize(
    ("address", "host", "path"),
    [
        ("git@github.com:acme/models.git", "github.com", "acme/models"),
        ("github.com:acme/models", "github.com", "acme/models"),
        ("ssh://git@Git.Example:2222/a/b/c.git/", "git.example", "a/b/c"),
        ("https://user:pw@gitlab.com/a/b.git", "gitlab.com", "a/b"),
        ("/srv/git/models.git", "", ""),
        ("../models.git", "", ""),
        ("file:///srv/git/models.git", "", "srv/git/models"),
        ("", "", ""),
    ],
)
def test_remotes_say_which_repository_it_is(address, host, path):
    assert remote_at(address) == Remote(host, path)


def test_the_remote_or_the_manifest_says_which_repository(repository):
    assert forge_of(repository, registry()).client.site.repository == "acme/models"
    site = forge_of(repository, registry(repository="acme/others")).client.site
    assert (site.repository, site.setting, site.token) == ("acme/others", "GITHUB_TOKEN", "a-token")
    inside = forge_of(repository, registry("inside", url="https://git.example/api/v3/")).client
    assert (inside.site.repository, inside.base) == ("acme/models", "https://git.example/api/v3")


def test_a_registry_without_a_forge_has_none(repository):
    assert forge_of(repository, SimpleNamespace(forge=None)) is None


def test_a_token_is_never_sent_to_where_the_remote_is_not(repository):
    with pytest.raises(UsageError, match=r"git\.example") as refused:
        forge_of(repository, registry("inside"))
    assert "url" in refused.value.hint
    assert "secret" not in refused.value.message
    with pytest.raises(UsageError, match="there is no remote absent"):
        forge_of(repository, registry("absent"))


@pytest.mark.parametrize("token", ["", "  ", "two words", "ünicode", "line\nbreak"])
def test_what_is_no_token_is_said_before_anything_is_asked(repository, monkeypatch, token):
    monkeypatch.setenv("OTHER", token)
    with pytest.raises(ForgeError, match="OTHER"):
        forge_of(repository, registry(token_env="OTHER"))  # noqa: S106 - a variable's name


@pytest.mark.parametrize("path", ["models", "a/b/c", "../../x", "acme/..", "acme/mo dels"])
def test_what_is_no_repository_on_github_is_refused(repository, path):
    with pytest.raises(ForgeError, match="is no repository on GitHub"):
        forge_of(repository, registry(repository=path))
