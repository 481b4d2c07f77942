"""A forge's runner on this machine: GitHub's workflows run by `act`, without containers, on a bare remote.

The two actions that workflows use are stood in for: a checkout by git from the remote, as GitHub's does it,
and a Python that is there already. Everything else is run as it is written, and what is asked of the forge is
asked of the fake one.
"""

from __future__ import annotations

import json
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path

import yaml

from shop import Shop

BIN = Path(sys.executable).parent
CHECK_OUT = """
git init --quiet .
git remote add origin "$REMOTE"
depth=(--depth "$DEPTH")
[[ "$DEPTH" != 0 ]] || depth=()
heads='+refs/heads/*:refs/remotes/origin/*'
git fetch --quiet --no-tags "${depth[@]}" origin "$heads" "+$GITHUB_REF:refs/remotes/event"
wanted=refs/remotes/event
[[ -z "$REF" ]] || wanted="origin/$REF"
git checkout --quiet --force --detach "$wanted"
"""
STANDING_IN = {
    "actions/checkout": {
        "name": "checkout",
        "inputs": {"ref": {}, "fetch-depth": {"default": "1"}, "persist-credentials": {"default": "true"}},
        "runs": {
            "using": "composite",
            "steps": [
                {
                    "shell": "bash",
                    "env": {"REF": "${{ inputs.ref }}", "DEPTH": "${{ inputs.fetch-depth }}"},
                    "run": CHECK_OUT,
                }
            ],
        },
    },
    "actions/setup-python": {
        "name": "setup-python",
        "runs": {"using": "composite", "steps": [{"shell": "bash", "run": "true"}]},
    },
}


@dataclass(frozen=True)
class Job:
    """What became of the jobs of one run."""

    code: int
    log: str

    @property
    def results(self):
        """Whether each job succeeded, by its name."""
        found = re.findall(r"^\[[^]/]*/([^]]+?)\s*\].*Job (succeeded|failed)", self.log, re.MULTILINE)
        return {re.sub(r"-\d+$", "", name): result for name, result in found}

    def __repr__(self):
        lines = [line for line in self.log.splitlines() if not re.search("LocalRepositoryCache|⭐|✅", line)]
        return "\n".join([f"exit {self.code}", *lines])


class Town(Shop):
    """A team's registry on a forge that runs its workflows."""

    def settle(self, forge, **rules):
        """Move in: `modelops.yaml` names the forge and these rules, and `init` writes the workflows."""
        self.forge = forge
        named = {"type": "github", "repository": forge.state.repository, "url": forge.api}
        self.write("modelops.yaml", {**self.registry("1s"), "forge": named, **rules})
        self.modelops("init", ".", "--forge", "github")
        self.merge("Settle")
        self.journals()
        self.forge.state.sync("ana")
        self.actions = {}
        for name, text in STANDING_IN.items():
            path = self.folder / name.replace("/", "+")
            path.mkdir()
            (path / "action.yml").write_text(yaml.safe_dump(text, sort_keys=False))
            self.actions[name] = path

    def propose(self, branch, by="ana", fork=""):
        """Push what is written as a branch, and open a pull request; back on main, its number."""
        self.git("checkout", "--quiet", "-b", branch)
        self.git("add", "--all")
        self.git("commit", "--quiet", "-m", f"Change {branch}")
        self.git("push", "--quiet", "origin", branch)
        self.git("checkout", "--quiet", "main")
        self.forge.state.sync(by)
        number = self.forge.open(branch, by=by, fork=fork)
        if fork:
            self.forge.state.git.update(branch, "")
            self.forge.state.sync(by)
        return number

    def event(self, number):
        """What GitHub hands to a workflow about a pull request; the merge that it would be is made."""
        state = self.forge.state
        pull, base = state.pull(number), state.git.tip("main")
        tree = state.git.merged_tree(state.git.merge_base(base, pull.head), base, pull.head)
        who = state.person(pull.by).signature
        merge = state.git.commit_tree(tree, "Merge", who, parents=(base, pull.head))
        state.git.update_ref(f"refs/pull/{number}/merge", merge)
        ours = {"full_name": state.repository}
        head = {"sha": pull.head, "ref": pull.branch, "repo": {"full_name": pull.fork or state.repository}}
        said = {"number": number, "head": head, "base": {"ref": "main", "sha": base, "repo": ours}}
        return {"number": number, "pull_request": said, "repository": ours | {"default_branch": "main"}}

    def act(self, workflow, event, data, *options):
        """Run a workflow as it stands on main, or for a pull request in the merge that it would be."""
        place = self.folder / f"run-{len(list(self.folder.glob('run-*')))}"
        self.run("git", "clone", "--quiet", str(self.remote), str(place))
        if event == "pull_request":
            self.git("fetch", "--quiet", "origin", f"refs/pull/{data['number']}/merge", cwd=place)
            self.git("checkout", "--quiet", "--detach", "FETCH_HEAD", cwd=place)
        self.git(
            "remote", "set-url", "origin", f"https://github.com/{self.forge.state.repository}", cwd=place
        )
        file = place.with_suffix(".json")
        file.write_text(json.dumps(data))
        text = (place / ".github" / "workflows" / workflow).read_text()
        used = sorted(set(re.findall(r"uses: ([\w/-]+)@(\w+)", text)))
        cache = self.folder / "cache"
        command = [
            *(BIN / "act", event, "--workflows", f".github/workflows/{workflow}", "--eventpath", file),
            *("--platform", "ubuntu-latest=-self-hosted", "--no-skip-checkout", "--pull=false"),
            *("--cache-server-path", cache, "--action-cache-path", cache),
            *("--secret", f"GITHUB_TOKEN={self.forge.token}", "--env", f"REMOTE=file://{self.remote}"),
            *(f"--local-repository={name}@{pin}={self.actions[name]}" for name, pin in used),
            *options,
        ]
        self.env |= {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "XDG_CACHE_HOME": str(cache)}
        done = self.run(*map(str, command), cwd=place, check=False)
        place.with_suffix(".log").write_text(done.out + done.err)
        return Job(done.code, done.out + done.err)
