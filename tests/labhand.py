"""A runner of GitLab's jobs on this machine: scripts, put together as GitLab does, run by bash in a clone.

It knows what our pipelines use: `extends`, `!reference`, `variables`; which rules apply is said by the test.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import yaml

BIN = Path(sys.executable).parent


class _Loader(yaml.SafeLoader):
    """YAML with the tag that GitLab knows."""


_Loader.add_constructor("!reference", lambda loader, node: _Reference(loader.construct_sequence(node)))


class _Reference(list):
    """Where another job says it."""


class Lab:
    """The pipeline of a registry whose remote is that of a `Shop`."""

    def __init__(self, shop, **variables):
        self.shop = shop
        self.said = yaml.load((shop.clone / ".gitlab-ci.yml").read_text(), _Loader)  # noqa: S506 - a safe one
        self.variables = variables
        self.count = 0

    def job(self, name, ref="main", needs=(), **variables):
        """Run one job at a commit; what it did.

        Args:
            name: Which.
            ref: Where.
            needs: Jobs that ran before, whose artifacts it gets.
            variables: What GitLab says of the pipeline.
        """
        job = self._whole(name)
        self.count += 1
        place = self.shop.folder / f"lab-{self.count}"
        self.shop.run("git", "clone", "--quiet", "--single-branch", str(self.shop.remote), str(place))
        self.shop.git("fetch", "--quiet", "origin", ref, cwd=place)
        self.shop.git("checkout", "--quiet", "--detach", "FETCH_HEAD", cwd=place)
        for path in (one for done in needs for one in done.artifacts):
            shutil.copy(path, place)
        given = {
            "CI_PROJECT_DIR": str(place),
            "CI_PROJECT_URL": str(self.shop.remote).removesuffix(".git"),
            "CI_SERVER_URL": "https://gitlab.example",
            "CI_COMMIT_SHA": self.shop.git("rev-parse", "HEAD", cwd=place),
            "TMPDIR": str(self.shop.folder),
            **{key: value for key, value in self._globals().items() if isinstance(value, str)},
            **{key: str(value) for key, value in job.get("variables", {}).items()},
            **self.variables,
            **variables,
        }
        lines = [*self._lines(job.get("before_script", [])), *self._lines(job["script"])]
        script = "\n".join(["set -eo pipefail", *lines])
        command = [
            "env",
            f"PATH={BIN}{os.pathsep}{os.environ['PATH']}",
            *(f"{k}={v}" for k, v in given.items()),
        ]
        done = self.shop.run(*command, "bash", "-c", script, cwd=place, check=False)
        done.place = place
        done.artifacts = [place / path for path in job.get("artifacts", {}).get("paths", ())]
        return done

    def _globals(self):
        said = self.said["variables"]
        return {key: value["value"] if isinstance(value, dict) else value for key, value in said.items()}

    def _whole(self, name):
        job = self.said[name]
        if "extends" not in job:
            return job
        base = self._whole(job["extends"])
        variables = {**base.get("variables", {}), **job.get("variables", {})}
        return {**base, **job, "variables": variables}

    def _lines(self, script):
        for line in script:
            if isinstance(line, _Reference):
                job, part = line
                yield from self._lines(self._whole(job)[part])
            else:
                yield line
