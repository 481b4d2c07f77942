"""How the pipelines hand their token to git: by a helper, for the forge's own address, and stored nowhere."""

import os
import re
import subprocess
from importlib.resources import files

import pytest

PART = (files("modelops_git.engine") / "starter/github/parts/git_reading.yml").read_text()
SET = dict(re.findall(r"^ +(GIT_CONFIG_\w+): '?(.*?)'?$", PART, re.MULTILINE))

FORGE = "https://forge.example"


def asked(address, folder):
    config = {
        name: value.replace("${{ github.server_url }}", "https://forge.example")
        for name, value in SET.items()
    }
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "GIT_TERMINAL_PROMPT": "0",
        "GITHUB_TOKEN": "s3cret",
    }
    command = ["git", "credential", "fill"]
    question = f"url={address}\n\n".encode()
    done = subprocess.run(
        command, input=question, env=env | config, cwd=folder, capture_output=True, check=False
    )
    return done.stdout.decode().splitlines()


def test_git_is_given_the_token_for_the_forge(tmp_path):
    assert {"username=x-access-token", "password=s3cret"} <= set(asked("https://forge.example/a/b", tmp_path))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("address", ["https://elsewhere.example/a/b", "http://forge.example/a/b"])
def test_no_other_address_is_given_it(tmp_path, address):
    assert "password=s3cret" not in asked(address, tmp_path)
