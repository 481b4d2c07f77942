"""People with SSH keys, and a registry whose approvals are in git itself."""

from __future__ import annotations

import copy
import json
import shutil
import subprocess
from pathlib import Path

from desk import Desk

ANA, BO, CY = "ana@example.com", "bo@example.com", "cy@example.com"
RULE = {"action": "promote", "environments": ["production"], "approvals": {"from": ["leads"], "count": 1}}
PEOPLE = {
    "groups": {"ml": [], "leads": ["ssh:ana@example.com", "ssh:bo@example.com", "ssh:cy@example.com"]},
    "rules": [RULE, {"action": "rollback", "environments": ["production"]}],
}


def new_key(folder, name, kind="ed25519", *, lock=""):
    """A key pair; the private one's path."""
    path = Path(folder) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    command = ["ssh-keygen", "-q", "-t", kind, "-N", lock, "-C", name, "-f", str(path)]
    subprocess.run(command, check=True)
    return path


def signer_line(principal, key, options=""):
    """A line of `allowed_signers`."""
    public = Path(f"{key}.pub").read_text().split()[:2]
    return " ".join([principal, *([options] if options else []), *public]) + "\n"


class Office(Desk):
    """A shop where ana, bo and cy have keys, and promotions to production need one approval."""

    def __init__(self, folder, **options):
        self.keys = {name: new_key(Path(folder) / "keys", name) for name in ("ana", "bo", "cy")}
        self.principals = {"ana": ANA, "bo": BO, "cy": CY}
        super().__init__(folder, **options)
        self.home.joinpath(".gitconfig").write_text(
            "[gpg]\n\tformat = ssh\n[advice]\n\tdetachedHead = false\n"
        )
        self.version("1.0.0")
        self.version("1.1.0", parent="1.0.0")
        self.want("1.0.0")
        self.write("allowed_signers", self.signers())
        self.commit("Begin for real")
        self.git("push", "--quiet", "origin", "main")

    def registry(self, lease):
        return {**super().registry(lease), **PEOPLE, **self.more()}

    def more(self):
        """What modelops.yaml has beside that."""
        return {}

    def signers(self, **options):
        """An `allowed_signers` with everybody; `options` by name."""
        return "".join(
            signer_line(self.principals[name], key, options.get(name, "")) for name, key in self.keys.items()
        )

    def as_(self, name, *, signs=True):
        """Act as somebody from now on, whose commits are signed."""
        who = {"NAME": name.title(), "EMAIL": self.principals[name]}
        for role in ("AUTHOR", "COMMITTER"):
            self.env |= {f"GIT_{role}_{what}": value for what, value in who.items()}
        self.git("config", "user.signingkey", str(self.keys[name]))
        self.git("config", "commit.gpgsign", "true" if signs else "false")
        return self

    def commit(self, message="work"):
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.head()

    def head(self, rev="HEAD"):
        return self.git("rev-parse", rev)

    def branch(self, name, start="main"):
        self.git("switch", "--quiet", "--create", name, start)
        return self

    def proposed(self, name="go", number="1.1.0", *, signs=True):
        """A branch of ana's that asks for a version in production."""
        self.as_("ana", signs=signs).branch(name)
        self.want(number)
        self.commit(f"Promote iris {number}")
        return self

    def approved(self, name="bo", *words):
        """Somebody approves the branch that is checked out."""
        self.as_(name)
        return json.loads(self.modelops("--format", "json", "approve", "--key", self.keys[name], *words).out)

    def judged(self, base="main", head="HEAD"):
        """What `authorize` says."""
        return self.json("authorize", "--signed", "--base", base, "--head", head)


class Mould:
    """An office that was made once, to begin each test with: at the same place, since it holds paths."""

    def __init__(self, folder, kind=Office):
        self._kept = Path(folder) / "kept"
        self._made = kind(Path(folder) / "office")
        shutil.copytree(self._made.folder, self._kept, symlinks=True)

    def cast(self):
        """The office as it was made; the one before is gone."""
        shutil.rmtree(self._made.folder)
        shutil.copytree(self._kept, self._made.folder, symlinks=True)
        office = copy.copy(self._made)
        office.env, office.keys = dict(office.env), dict(office.keys)
        office.principals = dict(office.principals)
        return office
