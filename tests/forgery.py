"""Forges for tests: real HTTP servers on 127.0.0.1, each with a bare git repository behind it.

with github(tmp_path) as forge:
    forge.commit("iris-2", by="ana")
    number = forge.open("iris-2", by="ana")
    forge.approve(number, "bo")
    adapter = open_forge("github", forge_site(forge))

What people do there is in `forging.state.State`, whose methods the fake passes on. `forge.fail(...)` lets
things go wrong (`forging.serving.Fault`), `forge.hidden["/protection"] = 403` hides what the token may not
see, and `forge.settings` is how the forge is set. A request that the forge's API does not have fails the test
at the end of the block.
"""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path

from forging.bare import Bare
from forging.github import settings as github_settings
from forging.github.routes import ROUTES as GITHUB
from forging.gitlab import settings as gitlab_settings
from forging.gitlab.routes import ROUTES as GITLAB
from forging.serving import Fake, serving
from forging.state import State
from modelops_git.edges.forges.base import Site


@contextmanager
def github(folder, **said):
    """A GitHub, as long as the block lasts.

    Args:
        folder: Where the bare repository is made: `folder/forge.git`, unless `git` says where one is.
        said: `git`, `prefix` (`/api/v3` as on a server of one's own), and fields of `forging.state.State`.
    """
    headers = {"accept": "application/vnd.github+json", "x-github-api-version": "2022-11-28"}
    prefix = said.pop("prefix", "")
    fake = Fake("github", _state(folder, said), GITHUB, prefix, headers)
    fake.settings = github_settings.Settings()
    with serving(fake):
        yield fake


@contextmanager
def gitlab(folder, **said):
    """A GitLab, as long as the block lasts; what it takes is that of `github`."""
    prefix = said.pop("prefix", "/api/v4")
    fake = Fake("gitlab", _state(folder, {"pull_ref": "refs/merge-requests/{}/head", **said}), GITLAB, prefix)
    fake.settings = gitlab_settings.Settings()
    with serving(fake):
        yield fake


def _state(folder, said):
    path = Path(said.pop("git", folder / "forge.git"))
    git = Bare(path) if path.exists() else Bare.make(path)
    return State(git, **said)


def forge_site(fake, **said):
    """Where a fake is, with a token that it knows."""
    return Site(fake.state.repository, fake.api, fake.token, "FORGE_TOKEN")._replace(**said)
