"""What each command that reads or writes a registry says, exactly, and its exit code."""

import json

import pytest

import smallest

WROTE = """\
wrote .gitattributes
wrote .gitignore
wrote .pre-commit-config.yaml
wrote .vscode/settings.json
wrote modelops.yaml
wrote models/.gitkeep
wrote schemas/analysis.json
wrote schemas/experiment.json
wrote schemas/model-version.json
wrote schemas/model.json
wrote schemas/notice.json
wrote schemas/registry.json
wrote schemas/rollout.json

The registry 'a-folder' is ready. Next:
  pre-commit install"""


def test_init_outside_of_a_repository_says_git_init(folder):
    ran = folder.modelops("init")
    assert (ran.code, ran.out) == (2, "")
    assert "git init" in ran.err
    assert list(folder.path.iterdir()) == []


def test_init_without_git_says_so_and_not_git_init(folder, tmp_path):
    ran = folder.modelops("init", PATH=str(tmp_path))
    assert (ran.code, ran.err) == (3, "error: git was not found\nhint: install git, or put it on the PATH\n")


def test_init_writes_a_registry_and_says_what_comes_next(repository):
    ran = repository.modelops("init")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(WROTE)
    assert "name: a-folder\n" in (repository.path / "modelops.yaml").read_text()


def test_init_keeps_what_is_there_and_says_what_it_lacks(repository):
    repository.write(".gitignore", "*.pyc\n")
    repository.write("modelops.yaml", "mine: true\n")
    ran = repository.modelops("init", "--format", "json")
    document = json.loads(ran.out)
    assert document["kept"] == [".gitignore", "modelops.yaml"]
    assert document["lacking"] == [{"path": ".gitignore", "line": ".modelops/"}]
    assert (repository.path / ".gitignore").read_text() == "*.pyc\n"
    assert (repository.path / "modelops.yaml").read_text() == "mine: true\n"


def test_init_twice_changes_nothing(registry):
    ran = registry.modelops("init")
    assert (ran.code, ran.out.splitlines()[-1]) == (0, "The registry 'a-folder' is complete already.")
    assert registry.git("status", "--porcelain") == ""


def test_init_for_a_forge_writes_pipelines_and_says_what_to_set_there(repository):
    ran = repository.modelops("init", "--forge", "github")
    assert (ran.code, ran.err) == (0, "")
    assert "wrote .github/workflows/validate.yml\n" in ran.out
    assert "protect main: pull requests, and the check all-green" in ran.out
    assert "\nforge: {type: github} " in (repository.path / "modelops.yaml").read_text()
    assert repository.modelops("validate", "--all").code == 0


def test_init_for_a_forge_goes_by_the_registry_that_is_there_and_overwrites_nothing(repository):
    repository.modelops("init", "models of/acme")
    inner = repository.path / "models of/acme/modelops.yaml"
    mine = inner.read_text().replace("name: staging\n", "name: test\n").replace("[staging]", "[test]")
    inner.write_text(mine)
    repository.write(".github/workflows/acme-apply.yml", "mine\n")
    ran = repository.modelops("init", "models of/acme", "--forge", "github")
    assert ran.code == 0, ran.err
    assert "to modelops.yaml the line  forge: {type: github}" in ran.out
    assert inner.read_text() == mine
    assert (repository.path / ".github/workflows/acme-apply.yml").read_text() == "mine\n"
    reconcile = (repository.path / ".github/workflows/acme-reconcile.yml").read_text()
    assert 'environment: ["test", "production"]' in reconcile
    assert 'working-directory: "models of/acme"' in reconcile
    inner.write_text("mine: true\n")
    assert repository.modelops("init", "models of/acme", "--forge", "github").code == 2


def test_init_follows_no_link_out_of_the_repository(repository, tmp_path):
    (tmp_path / "outside").mkdir()
    (repository.path / "modelops.yaml").symlink_to(tmp_path / "outside" / "x")
    assert repository.modelops("init").code == 0
    assert list((tmp_path / "outside").iterdir()) == []


def test_init_in_a_folder_of_a_monorepo_puts_the_hook_at_the_top(repository):
    ran = repository.modelops("init", "ml models/The Registry")
    assert ran.code == 0, ran.err
    hook = (repository.path / ".pre-commit-config.yaml").read_text()
    assert "modelops --repo 'ml models/The Registry' validate --staged" in hook
    registry = (repository.path / "ml models/The Registry/modelops.yaml").read_text()
    assert "name: the-registry\n" in registry
    assert repository.modelops("--repo", "ml models/The Registry", "list").code == 0


def test_init_in_a_registry_of_another_folder_is_refused(registry):
    ran = registry.modelops("init", "models/inner")
    assert ran.code == 2
    assert not (registry.path / "models/inner").exists()


@pytest.mark.parametrize("name", ["on", "123", "1e5", "NULL", "Ünïcode", "..x.lock", "---"])
def test_init_makes_a_valid_name_of_any_folder(repository, name):
    assert repository.modelops("init", "--", name).code == 0
    ran = repository.modelops("--repo", name, "doctor", "--format", "json")
    states = {one["name"]: one["state"] for one in json.loads(ran.out)["symptoms"]}
    assert states["registry"] == "ok", ran.out


def test_list_shows_models_and_their_newest_versions(iris):
    iris.model("team/empty", lifecycle="archived")
    ran = iris.modelops("list")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        "MODEL       NEWEST  VERSIONS  WANTED  DESCRIPTION\n"
        "iris        1.1.0   2         -       The model iris.\n"
        "team/empty  -       0         -       (archived) The model team/empty.\n"
    )


def test_list_of_an_empty_registry_is_empty(registry):
    ran = registry.modelops("-q", "list")
    assert (ran.code, ran.out, ran.err) == (0, "", "")


def test_show_gives_a_version_with_its_digests(iris):
    document = json.loads(iris.modelops("show", "iris@1.1.0", "--format", "json").out)
    assert document["version"]["parent"] == "1.0.0"
    assert document["manifest_digest"].startswith("sha256:")
    assert document["artifacts_digest"].startswith("sha256:")
    assert (document["notices"], document["wanted_in"]) == ([], [])


def test_diff_says_what_differs_and_the_least_legal_bump(iris):
    ran = iris.modelops("diff", "iris", "1.0.0", "1.1.0")
    assert ran.code == 0
    for line in (
        "Least legal bump after 1.0.0: MINOR, 1.1.0",
        "holdout     accuracy  0.95   0.97   better",
        "  seed  changed  0  ->  1",
    ):
        assert line in ran.out.splitlines()


def test_diff_shows_a_payload_that_the_new_version_refuses(iris):
    wider = {"type": "array", "items": {"type": "number"}, "minItems": 5, "maxItems": 5}
    interface = {
        "protocol": "json",
        "input": wider,
        "output": {"type": "integer", "minimum": 0, "maximum": 2},
    }
    iris.version("iris", "2.0.0", parent="1.1.0", interface=interface)
    document = json.loads(iris.modelops("diff", "iris", "1.1.0", "2.0.0", "--format", "json").out)
    assert document["interface"]["verdict"] == "incompatible"
    assert len(document["interface"]["witness"]["value"]) == 4
    assert document["least_bump"]["version"] == "2.0.0"
    text = iris.modelops("diff", "iris", "1.1.0", "2.0.0").out
    assert "is legal in 1.1.0 and not in 2.0.0" in text
    assert "not comparable" in text


def test_verify_reads_every_byte(iris):
    ran = iris.modelops("verify")
    assert (ran.code, ran.out, ran.err) == (0, "2 versions, 2 files, 40 bytes verified\n", "")


def test_verify_finds_a_flipped_byte_and_names_the_file(iris):
    stored = iris.version("iris", "1.2.0", {"weights/model.onnx": b"0123456789"})
    stored.chmod(0o644)
    stored.write_bytes(b"0123456780")
    ran = iris.modelops("verify", "iris@1.2.0")
    assert ran.code == 1
    assert "error MOG403 digest-differs" in ran.out
    assert "weights/model.onnx" in ran.out
    assert ran.out.splitlines()[-1] == "1 of 1 version not verified"
    metadata = iris.modelops("verify", "iris@1.2.0", "--mode", "metadata")
    assert (metadata.code, metadata.out) == (
        0,
        "1 version, 1 file, 10 bytes compared, nothing read: 1 by size alone, which proves no content\n",
    )


def test_verify_of_a_version_whose_manifest_cannot_be_read_is_no_pass(iris):
    iris.write("models/iris/versions/1.0.0.yaml", "kind: [\n")
    ran = iris.modelops("verify")
    assert ran.code == 1
    assert ran.out.splitlines()[-1] == "1 of 2 versions not verified"


def test_verify_without_its_store_could_not_decide(iris):
    registry = (iris.path / "modelops.yaml").read_text()
    iris.write("modelops.yaml", registry.replace("file:.modelops/store", "s3://bucket/prefix"))
    ran = iris.modelops("verify")
    assert ran.code == 3
    assert "MOG413" in ran.out


def test_verify_takes_only_what_changed(iris):
    iris.version("iris", "1.2.0", {"model.onnx": smallest.onnx("new")})
    assert iris.modelops("verify", "--changed-since", "HEAD").out == "1 version, 1 file, 9 bytes verified\n"
    ran = iris.modelops("verify", "iris", "--changed-since", "HEAD")
    assert ran.code == 2


def test_pull_places_the_verified_files(iris, tmp_path):
    where = tmp_path / "pulled here"
    ran = iris.modelops("pull", "iris@1.0.0", "--to", str(where), "--copy")
    assert (ran.code, ran.out) == (0, f"1 verified file of iris 1.0.0 in {where}\n")
    assert (where / "model.onnx").read_bytes() == smallest.onnx("bytes of 1.0.0")


def test_pull_without_a_version_takes_the_newest_release(iris, tmp_path):
    iris.version("iris", "2.0.0-rc.1")
    ran = iris.modelops("pull", "iris", "--to", str(tmp_path / "x"), "--format", "json")
    assert json.loads(ran.out)["version"] == "1.1.0"


def test_pull_places_nothing_of_a_version_that_was_tampered_with(iris, tmp_path):
    stored = iris.version("iris", "1.2.0", {"a": b"aaaa", "b": b"bbbb"})
    stored.chmod(0o644)
    stored.write_bytes(b"aaab")
    ran = iris.modelops("pull", "iris@1.2.0", "--to", str(tmp_path / "x"))
    assert ran.code == 1
    assert "MOG403" in ran.out
    assert not (tmp_path / "x").exists() or list((tmp_path / "x").iterdir()) == []


def test_notice_writes_a_new_file_each_time(iris):
    for number in (1, 2):
        ran = iris.modelops("notice", "iris@1.0.0", "--type", "revoked", "--reason", f"reason: {number}")
        wrote = f"wrote models/iris/notices/1.0.0-{number}.yaml"
        following = "next: commit it, for it is reviewed and merged like any change"
        assert (ran.code, ran.out) == (0, f"{wrote}\n{following}\n")
    assert "revoked: reason: 2" in iris.modelops("show", "iris@1.0.0").out
    pulled = iris.modelops("pull", "iris@1.0.0")
    assert "iris 1.0.0: revoked: reason: 1" in pulled.err


def test_notice_needs_a_version_that_is_there(iris):
    words = ["--type", "erratum", "--reason", "x"]
    assert iris.modelops("notice", "iris", *words).code == 2
    assert iris.modelops("notice", "iris@9.9.9", *words).code == 2
    refused = iris.modelops("notice", "iris@1.0.0", "--type", "erratum", "--reason", " ")
    assert refused.code == 1
    assert not (iris.path / "models/iris/notices").exists()


def test_notice_is_not_written_through_a_link(iris, tmp_path):
    (tmp_path / "outside").mkdir()
    (iris.path / "models/iris/notices").symlink_to(tmp_path / "outside")
    ran = iris.modelops("notice", "iris@1.0.0", "--type", "erratum", "--reason", "x")
    assert ran.code == 1
    assert list((tmp_path / "outside").iterdir()) == []


@pytest.mark.parametrize("code", ["MOG301", "mog301", "version-changed"])
def test_explain_prints_the_page_of_a_code_or_slug(folder, code):
    ran = folder.modelops("explain", code)
    assert ran.code == 0
    assert ran.out.splitlines()[0] == "MOG301 version-changed (error; cannot be suppressed)"


def test_explain_alone_lists_all_checks(folder):
    from modelops_git.core.checks import all_checks

    document = json.loads(folder.modelops("explain", "--format", "json").out)
    assert [check["code"] for check in document["checks"]] == [check.code for check in all_checks()]


def test_schema_prints_what_is_committed(folder, project):
    committed = json.loads((project / "schemas" / "model-version.json").read_text())
    assert json.loads(folder.modelops("schema", "ModelVersion").out) == committed
    assert folder.modelops("schema").out.splitlines()[0] == "Registry"
    assert folder.modelops("schema", "Modl").code == 2


def test_doctor_fails_where_something_fails_and_says_what_to_do(iris):
    assert iris.modelops("doctor").code == 0
    iris.write("modelops.yaml", "kind: [\n")
    ran = iris.modelops("doctor")
    assert ran.code == 1
    assert "fail  registry: modelops.yaml is not valid" in ran.out
    assert "      -> See `modelops validate --all`." in ran.out


def test_codeowners_writes_a_block_keeps_the_rest_and_tells_when_it_is_stale(repository):
    repository.modelops("init", "ml models", "--forge", "github")
    rules = "rules: [{action: administer, approvals: {from: [ml-engineers]}}]\n"
    registry = repository.path / "ml models/modelops.yaml"
    registry.write_text(
        registry.read_text().replace("ml-engineers: []", 'ml-engineers: ["github:ana"]') + rules
    )
    owners = repository.path / ".github/CODEOWNERS"
    assert "No rule in modelops.yaml asks for approvals." in owners.read_text()
    owners.write_text("* @somebody\n" + owners.read_text() + "/docs @else\n")
    asked = ("--repo", "ml models", "codeowners")
    assert repository.modelops(*asked, "--check").code == 1
    ran = repository.modelops(*asked, "--out")
    assert (ran.code, ran.out) == (0, "wrote .github/CODEOWNERS\n")
    lines = owners.read_text().splitlines()
    assert (lines[0], lines[-1]) == ("* @somebody", "/docs @else")
    assert {"/ml\\ models/modelops.yaml @ana", "/.github/ @ana"} <= set(lines)
    assert (repository.modelops(*asked, "--check").code, repository.modelops(*asked, "--out").code) == (0, 0)
    assert owners.read_text().splitlines() == lines


def test_codeowners_without_a_forge_asks_which(registry):
    assert registry.modelops("codeowners").code == 2
    assert registry.modelops("codeowners", "--forge", "gitlab").code == 0
