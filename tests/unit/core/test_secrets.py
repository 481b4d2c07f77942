"""Secrets are found by form, name and looks; digests, ids and words are not taken for any."""

from __future__ import annotations

import pytest

import casebook
from modelops_git.core.secrets import redacted, secrets_in

# Each is put together here, so that no scanner takes this file for a leak.
FORMS = {
    "an AWS access key": "AKIA" + "IOSFODNN7ABCDEFG",
    "a GitHub token": "ghp_" + "a1B2" * 9,
    "a GitLab token": "glpat-" + "x1y2z3" * 4,
    "a Hugging Face token": "hf_" + "aBcD" * 9,
    "an API key": "sk-proj-" + "aB3d" * 10,
    "a Slack token": "xoxb-" + "1234567890-abcdef",
    "a Google API key": "AIza" + "a1B2_" * 7,
    "a Stripe key": "sk_live_" + "a1B2" * 5,
    "an npm token": "npm_" + "a1B2" * 9,
    "a PyPI token": "pypi-AgE" + "a1B2" * 12,
    "a Databricks token": "dapi" + "0a1b2c3d" * 4,
    "a JSON Web Token": "eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiIxMjM0NTY3ODkwIn0." + "dozjgNryP4J3jVmNHl0w5N",
    "an Azure account key": "AccountKey=" + "a1B2" * 21 + "==",
    "a private key": "-----BEGIN RSA " + "PRIVATE KEY-----\nMIIEowIBAAKC\n-----END RSA PRIVATE KEY-----",
}


@pytest.mark.parametrize(("what", "text"), FORMS.items())
def test_a_well_known_form_is_found_as_a_whole(what, text):
    (secret,) = secrets_in(f"summary: see {text} there")
    assert (secret.what, secret.is_sure) == (what, True)
    assert (secret.start, secret.end) == (13, 13 + len(text))


@pytest.mark.parametrize(
    ("line", "secret"),
    [
        ("password: hunter2hunter", "hunter2hunter"),
        ("DB_PASSWORD=s3cr3tPassw0rd!", "s3cr3tPassw0rd!"),
        ('{"pwd": "tr0ub4dor"}', "tr0ub4dor"),
        (
            "wandb_api_key: 0123456789abcdef0123456789abcdef01234567",
            "0123456789abcdef0123456789abcdef01234567",
        ),
        ("# the token: a1b2c3d4e5f6g7h8", "a1b2c3d4e5f6g7h8"),
        ("uri: postgres://ana:s3cr3t@db/mlflow", "s3cr3t"),
    ],
)
def test_a_value_behind_the_name_of_a_secret_is_found(line, secret):
    (found,) = secrets_in(line)
    assert line[found.start : found.end] == secret
    assert found.is_sure


def test_a_text_that_looks_random_is_found_and_not_sure():
    (found,) = secrets_in("value: wJalrXUtnFEMI/K7MDENG/bPxRfiCYzzzzKEYabcde")
    assert not found.is_sure


@pytest.mark.parametrize(
    "line",
    [
        "sha256: " + "a1" * 32,
        "manifest_digest: sha256:" + "ab12" * 16,
        "commit: 0f3c0f3c0f3c0f3c0f3c0f3c0f3c0f3c0f3c0f3c",
        "id: 3f2504e0-4f89-41d3-9a0c-0305e82c3301",
        "secret_id: 3f2504e0-4f89-41d3-9a0c-0305e82c3301",
        "bearer_env: PROM_TOKEN_2",
        "api_key_env: OPENAI_KEY_1",
        "pad_token: '<pad>'",
        "eos_token: '<|endoftext|>'",
        "cls_token: tok_1",
        "max_tokens: 5120000000000000",
        "tokenizer: bert-base-uncased-v2",
        "password: ${PASSWORD_123}",
        "password: example1234",
        "password: '********'",
        "summary: the password must be long and have 12 characters",
        "primary_key: customer_id_2",
        "uri: s3://bucket/3/L4kqtJlcpXroDTDmJ+rmSpXd3dIbrHY+MTRCxf3vjVBH40Nr8X8gdRQBpUMLmo",
        "uri: hf://org/base@0123456789abcdef0123456789abcdef01234567",
        "uri: https://user@host:8080/a@b",
        "image: docker://registry:5000@sha256:1111",
        "path: models/very/long/path/name/that/goes/on/and/on/Model2v/weights.onnx",
        "description: " + "Word" * 20,
        "key: " + "AKIA" + "IOSFODNN7EXAMPLE",
    ],
)
def test_what_only_resembles_a_secret_is_none(line):
    assert secrets_in(line) == ()


def test_nothing_is_found_in_the_registry_that_the_cases_start_from():
    snapshot = casebook.registry()
    assert [path for path in snapshot.paths() if secrets_in(snapshot.read(path).decode())] == []


def test_a_masked_text_is_as_long_and_has_no_secret():
    text = f"a: {FORMS['a GitHub token']} # password: hunter2hunter"
    masked = redacted(text)
    assert len(masked) == len(text)
    assert masked == f"a: {'•' * 40} # password: {'•' * 13}"
    assert secrets_in(masked) == ()


@pytest.mark.parametrize(
    "piece", ["a", "eyJ", "A1b2", "://", "a://b:", "token: ", "_a", "-----BEGIN ", "password="]
)
def test_a_megabyte_of_beginnings_is_read_through(piece):
    secrets_in(piece * (2**20 // len(piece)))


def test_very_many_secrets_are_masked_in_their_places():
    text = "\n".join(f"password: hunter2-{number}" for number in range(3000))
    masked = redacted(text)
    assert len(masked) == len(text)
    assert "hunter2" not in masked


PUBLIC_KEY = """\
-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt
6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9Q==
-----END PUBLIC KEY-----
"""


@pytest.mark.parametrize("layout", [str, lambda text: text.replace("\n", "\n      "), repr])
def test_a_public_key_looks_random_and_is_no_secret(layout):
    assert secrets_in(layout(PUBLIC_KEY)) == ()


def test_what_lies_around_public_keys_is_looked_at():
    random = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt"
    text = f"{random}\n{PUBLIC_KEY}{random}\n{PUBLIC_KEY}-----BEGIN PUBLIC KEY-----\n{random}\n"
    assert [text[one.start : one.end] for one in secrets_in(text)] == [random] * 3


def test_a_known_form_within_a_public_key_is_a_secret():
    text = PUBLIC_KEY.replace("6zOg9KE5RdiYwpZP40Li/", "AKIA" + "QYLPMN5HFIQR7XYZ" + "\n")
    assert [one.what for one in secrets_in(text)] == ["an AWS access key"]
