"""Signed versions in a team: who signs when, whose signature counts, what goes live."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys

import pytest

import signatory
from shop import MODELOPS, Shop

PASSPHRASE = "MODELOPS_SIGNING_" + "PASSPHRASE"
IRIS = "models/iris/versions/1.0.0.yaml"


@pytest.fixture
def shop(tmp_path):
    """A registry with one version that is not merged yet, on a branch; release may sign, production asks."""
    shop = Shop(tmp_path)
    registry = rules(shop, "release", "ci")
    registry["environments"][1]["required_signatures"] = ["release"]
    shop.write("modelops.yaml", registry)
    shop.merge("Know signers")
    shop.journals()
    for name in ("release", "ci", "eve"):
        (tmp_path / f"{name}.pem").write_bytes(signatory.key_pem(name))
    shop.git("checkout", "--quiet", "-b", "work")
    shop.version("1.0.0")
    return shop


def rules(shop, *names):
    signers = {name: signer(name) for name in names}
    return shop.registry("1s") | {"groups": {"ml": ["github:ana"]}, "signers": signers}


def signer(name):
    return {"type": "key", "public_key": signatory.signer(name).public_key}


def sign(shop, name="release", version="1.0.0", *, check=True, words=()):
    key = ("--key", str(shop.folder / f"{name}.pem"))
    return shop.modelops("--format", "json", "sign", f"iris@{version}", *key, *words, check=check)


def refused(done, code=1):
    assert done.code == code, done
    return json.loads(done.out)["error"]["message"]


def verified(shop, *, code=0):
    done = shop.modelops("--format", "json", "verify", check=False)
    assert done.code == code, done
    return done.data


def land(shop, subject="work"):
    shop.git("add", "--all")
    shop.git("commit", "--quiet", "--allow-empty", "-m", subject)
    shop.git("checkout", "--quiet", "main")
    shop.git("merge", "--quiet", "--ff-only", "work")
    shop.git("push", "--quiet", "origin", "main")
    shop.git("checkout", "--quiet", "work")


def test_a_version_is_signed_verified_and_goes_live(shop):
    signed = sign(shop, words=("--signature", str(shop.folder / "iris.sig"))).data
    assert signed["signed_by"] == ["release"]
    assert signed["bundle"]["key"].endswith(".sigstore.json")
    written = shop.read_version("iris", "1.0.0")
    assert written["signature"] == {
        "type": "openssf-model-signing",
        "bundle": {name: signed["bundle"][name] for name in ("sha256", "size")},
    }
    stored = shop.folder / "store" / signed["bundle"]["key"]
    assert (shop.folder / "iris.sig").read_bytes() == stored.read_bytes()
    (version,) = verified(shop)["versions"]
    assert (version["verified"], version["signed_by"]) == (True, ["release"])
    assert "1 signed, by release" in shop.modelops("verify").out
    assert shop.modelops("validate", "--all").code == 0
    land(shop)
    shop.want("1.0.0")
    land(shop, "Promote")
    assert shop.modelops("apply").code == 0
    assert shop.live() == "1.0.0"


def test_the_other_implementation_verifies_what_was_pulled(shop):
    sign(shop, words=("--signature", str(shop.folder / "iris.sig")))
    shop.modelops("pull", "iris@1.0.0", "--to", str(shop.folder / "pulled"))
    (shop.folder / "release.pub").write_text(signatory.signer("release").public_key)
    words = ("--signature", "iris.sig", "--public_key", "release.pub")
    done, said = signatory.model_signing("verify", "key", "pulled", *words, cwd=shop.folder)
    assert (done, said) == (True, "Verification succeeded\n")


def test_comments_and_layout_of_the_manifest_stay(shop):
    path = shop.clone / IRIS
    text = path.read_text().replace("seed: 1", "seed: 1  # the first")
    path.write_text("# by hand\n" + text)
    before = path.read_text()
    sign(shop)
    after = path.read_text()
    assert after.startswith(before)
    assert after.removeprefix(before).startswith("signature:\n  type: openssf-model-signing\n")


def test_signing_again_changes_nothing(shop):
    first = sign(shop).data
    text = (shop.clone / IRIS).read_text()
    assert sign(shop).data == first | {"manifest_digest": sign(shop).data["manifest_digest"]}
    assert (shop.clone / IRIS).read_text() == text


def test_a_signing_that_was_broken_off_is_finished(shop):
    """The bundle is stored, and the manifest does not say so; where signing is random, it is another one."""
    key = sign(shop).data["bundle"]["key"]
    path = shop.folder / "store" / key
    random = signatory.random_bundle("release", signatory.payload_of(path.read_bytes()))
    assert random != path.read_bytes()
    path.unlink()
    path.write_bytes(random)
    shop.version("1.0.0")
    assert "signature" not in shop.read_version("iris", "1.0.0")
    assert sign(shop).data["bundle"]["sha256"] == hashlib.sha256(random).hexdigest()
    assert path.read_bytes() == random
    assert verified(shop)["versions"][0]["signed_by"] == ["release"]


def test_a_signature_of_other_files_is_not_taken_for_one_that_was_broken_off(shop):
    key = sign(shop).data["bundle"]["key"]
    path = shop.folder / "store" / key
    path.unlink()
    path.write_bytes(signatory.random_bundle("release", signatory.statement()))
    shop.version("1.0.0")
    assert "holds another signature" in refused(sign(shop, check=False))


def test_a_second_signer_cannot_sign_over_the_first(shop):
    sign(shop)
    text = (shop.clone / IRIS).read_text()
    assert "holds another signature" in refused(sign(shop, "ci", check=False))
    assert (shop.clone / IRIS).read_text() == text
    assert verified(shop)["versions"][0]["signed_by"] == ["release"]


def test_a_merged_version_is_not_signed(shop):
    land(shop)
    said = refused(sign(shop, check=False))
    assert said == "iris 1.0.0 is merged, and a merged version is never changed, not even to be signed"
    assert "signature" not in shop.read_version("iris", "1.0.0")


def test_a_version_that_is_pinned_is_not_signed(shop):
    shop.want("1.0.0", "staging")
    said = refused(sign(shop, check=False))
    assert said.startswith("models/iris/rollouts/staging.yaml pins the manifest as it is")


def test_a_version_without_a_byte_is_not_signed(shop):
    path = shop.clone / IRIS
    written = shop.read_version("iris", "1.0.0")
    size = written["artifacts"][0]["size"]
    path.write_text(path.read_text().replace(f"size: {size}", "size: 0"))
    done = sign(shop, check=False)
    assert refused(done) == "iris 1.0.0 has no list of files that could be signed"
    assert [one["code"] for one in json.loads(done.out)["error"]["findings"]] == ["MOG405"]


def test_a_signer_of_the_change_itself_does_not_count(shop):
    """Eve adds herself, signs, and asks for her version to go live: in one change."""
    sign(shop, "eve")
    registry = rules(shop) | {"signers": {name: signer("eve") for name in ("release", "ci", "eve")}}
    shop.write("modelops.yaml", registry)
    data = verified(shop, code=1)
    assert [one["code"] for one in data["findings"]] == ["MOG411"]
    assert "none of the signers in modelops.yaml of commit" in data["findings"][0]["message"]
    shop.git("add", "--all")
    done = shop.modelops("--format", "json", "validate", check=False)
    assert {one["code"] for one in done.data["findings"]} == {"MOG608"}


def test_of_one_who_is_not_required_the_signature_holds_and_does_not_go_live(shop):
    sign(shop, "ci")
    assert verified(shop)["versions"][0]["signed_by"] == ["ci"]
    land(shop)
    shop.want("1.0.0")
    land(shop, "Promote")
    done = shop.modelops("apply", check=False)
    assert done.code == 1
    assert "ci made it, and that of release is needed" in done.out + done.err
    assert shop.live() is None


def test_where_signatures_are_asked_for_an_unsigned_version_does_not_go_live(shop):
    land(shop)
    shop.want("1.0.0", "staging")
    shop.want("1.0.0")
    done = shop.modelops("--format", "json", "validate", check=False)
    assert [one["code"] for one in done.data["findings"]] == ["MOG610"]
    land(shop, "Promote all the same")
    done = shop.modelops("apply", check=False)
    assert done.code == 1, done
    assert "production takes versions only that release signed, and 1.0.0 states no" in done.out
    assert (shop.live("staging"), shop.live()) == ("1.0.0", None)


def test_an_emergency_is_not_stopped_by_signatures(shop):
    """1.0.0 is live from before signatures were asked for; 1.1.0 is signed and bad."""
    registry = rules(shop, "release")
    shop.write("modelops.yaml", registry)
    land(shop)
    shop.want("1.0.0")
    land(shop, "Promote")
    shop.modelops("apply")
    registry["environments"][1]["required_signatures"] = ["release"]
    shop.write("modelops.yaml", registry)
    land(shop, "Ask for signatures")
    shop.version("1.1.0", parent="1.0.0")
    sign(shop, version="1.1.0")
    land(shop, "Register")
    shop.want("1.1.0")
    land(shop, "Promote")
    shop.modelops("apply")
    assert shop.live() == "1.1.0"
    shop.modelops("rollback", "iris", "--env", "production", "--now", "--reason", "wrong answers")
    assert shop.live() == "1.0.0"


def test_a_bundle_that_is_damaged_is_found(shop):
    key = sign(shop).data["bundle"]["key"]
    path = shop.folder / "store" / key
    path.chmod(0o644)
    path.write_bytes(path.read_bytes().replace(b"tlogEntries", b"tlogentries"))
    (finding,) = verified(shop, code=1)["findings"]
    assert (finding["code"], finding["path"]) == ("MOG411", IRIS)


def test_where_no_signers_are_merged_it_is_unchecked(tmp_path):
    shop = Shop(tmp_path)
    (tmp_path / "release.pem").write_bytes(signatory.key_pem("release"))
    shop.version("1.0.0")
    done = shop.modelops("sign", "iris@1.0.0", "--key", str(tmp_path / "release.pem"))
    assert "nobody that the merged modelops.yaml knows" in done.out
    (finding,) = verified(shop, code=3)["findings"]
    assert finding["code"] == "MOG413"
    assert finding["message"].endswith("knows no signers")


def test_where_the_merged_rules_cannot_be_known_it_is_unchecked(shop):
    """A clone of one commit does not know where the branch began; and rules that were broken when merged."""
    sign(shop)
    shop.git("add", "--all")
    shop.git("commit", "--quiet", "-m", "Register")
    shop.git("push", "--quiet", "origin", "work")
    shallow = shop.folder / "shallow"
    words = ("clone", "--quiet", "--depth=1", "--no-single-branch", "--branch=work", f"file://{shop.remote}")
    shop.run("git", *words, str(shallow))
    done = shop.modelops("--format", "json", "verify", cwd=shallow, check=False)
    assert (done.code, [one["code"] for one in done.data["findings"]]) == (3, ["MOG413"])
    assert "what is merged cannot be found out" in done.data["findings"][0]["message"]


def test_broken_rules_know_nobody(shop):
    whole = (shop.clone / "modelops.yaml").read_text()
    shop.git("stash", "--quiet", "--include-untracked")
    shop.write("modelops.yaml", whole + "nonsense: 1\n")
    land(shop, "Break the rules")
    shop.git("stash", "pop", "--quiet")
    shop.write("modelops.yaml", whole)
    sign(shop)
    (finding,) = verified(shop, code=3)["findings"]
    assert finding["message"].endswith("is not valid")


def test_what_was_not_compared_with_the_signed_digests_is_told(shop):
    sign(shop)
    assert "which the bytes were not compared with" in shop.modelops("verify", "--mode", "metadata").out
    assert "not compared" not in shop.modelops("verify").out


def test_a_share_of_the_work_tells_of_its_own_versions(shop):
    sign(shop)
    shares = [shop.modelops("verify", "--shard", f"{number}/2").out for number in (1, 2)]
    assert sorted("signed, by release" in one for one in shares) == [False, True]


@pytest.mark.parametrize("name", ["release.pem", "iris.pem"])
def test_a_key_in_the_repository_is_refused(shop, name):
    (shop.clone / name).write_bytes(signatory.key_pem("release"))
    done = shop.modelops("sign", "iris@1.0.0", "--key", str(shop.clone / name), check=False)
    assert done.code == 2
    assert "lies in the repository" in done.err


def test_the_key_comes_from_the_environment(shop):
    pem = signatory.encrypted(signatory.key_pem("release"), b"correct horse")
    (shop.folder / "encrypted.pem").write_bytes(pem)
    assert "there is no key to sign with" in shop.modelops("sign", "iris@1.0.0", check=False).err
    shop.env["MODELOPS_SIGNING_KEY"] = str(shop.folder / "encrypted.pem")
    assert PASSPHRASE in shop.modelops("sign", "iris@1.0.0", check=False).err
    shop.env |= {PASSPHRASE: "battery staple"}
    assert "does not open the key" in shop.modelops("sign", "iris@1.0.0", check=False).err
    shop.env |= {PASSPHRASE: "correct horse", "MODELOPS_SIGNING_KEY": pem.decode()}
    assert "release" in shop.modelops("sign", "iris@1.0.0").out


def test_a_person_is_asked_for_the_passphrase_which_is_not_shown(shop):
    pem = signatory.encrypted(signatory.key_pem("release"), b"correct horse")
    (shop.folder / "encrypted.pem").write_bytes(pem)
    words = ("--repo", str(shop.clone), "sign", "iris@1.0.0", "--key", str(shop.folder / "encrypted.pem"))
    env = {name: value for name, value in shop.env.items() if name != "CI"}  # where nobody is ever asked
    code, shown = typed([MODELOPS, *words], env, asked="Passphrase of the key: ", answer="correct horse")
    assert code == 0, shown
    assert "iris 1.0.0" in shown
    assert "horse" not in shown


def typed(command, env, *, asked, answer):
    """Run a command in a terminal of its own, and answer its question: the exit code and what was shown."""
    spawn = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))"
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", spawn, *command], env=env, **pipes) as process:
        shown = b""
        while asked.encode() not in shown and (piece := process.stdout.read1()):
            shown += piece
        rest, _ = process.communicate(answer.encode() + b"\n")
    return process.returncode, (shown + rest).decode()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("iris",), "say which version of iris"),
        (("iris@2.0.0", "--key", "/nowhere"), "2.0.0"),
        (("iris@1.0.0", "--key", "/nowhere"), "cannot be read"),
        (("iris@1.0.0", "--key", "/nowhere", "--keyless"), "not both"),
    ],
)
def test_words_that_make_no_sense_are_refused(shop, words, said):
    done = shop.modelops("sign", *words, check=False)
    assert done.code == 2
    assert said in done.err
