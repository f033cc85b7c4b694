"""What counts as a credential, what does not, and that none is ever shown."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_sm_training.sagemaker import rules
from airflow_sm_training.sagemaker.rules.credentials import is_credential_name, is_reference, kind_of_credential
from tests.unit.sagemaker.rules.rule_requests import CREATE, edited

# Put together here, so that no scanner takes them for real ones.
CREDENTIALS = {
    "an AWS access key": ["AKIA" + "Q7" * 8, "ASIA" + "Q7" * 8],
    "a private key": [
        "-----BEGIN " + "RSA PRIVATE KEY-----\nMIIE",
        "-----BEGIN " + "PRIVATE KEY-----",
        "-----BEGIN " + "OPENSSH PRIVATE KEY-----",
    ],
    "a GitHub token": [f"gh{kind}_" + "a1B2" * 9 for kind in "opsur"] + ["github" + "_pat_" + "a1B2" * 9],
    "a GitLab token": ["glpat" + "-" + "a1B2_" * 4],
    "a Slack token": ["xoxb" + "-123456789012-abc", "https://hooks.slack" + ".com/services/T0/B0/xyz"],
    "a Hugging Face token": ["hf" + "_" + "aB" * 17],
    "an API key": ["sk" + "-" + "aB3d" * 12, "sk" + "-proj-" + "aB3_" * 10],
    "a Google API key": ["AIza" + "aB3-_" * 7],
    "a package registry's token": ["npm" + "_" + "aB3d" * 9, "pypi" + "-" + "AgEI" * 15],
    "a JSON Web Token": ["eyJ" + "hbGciOiJIUzI1" + ".eyJ" + "zdWIiOiIxMjM0" + ".abcdefghij_-"],
    "an address with a password in it": [
        "postgresql://user:" + "hunter2@db:5432/x",
        "redis://:" + "hunter2@cache",
        "https://me:" + "t0ken@example.com/a.git",
    ],
}
FIELDS = {
    'HyperParameters["note"]': lambda value: {"HyperParameters": {"note": value}},
    'Environment["NOTE"]': lambda value: {"Environment": {"NOTE": value}},
    "Tags[0].Value": lambda value: {"Tags": [{"Key": "note", "Value": value}]},
    "AlgorithmSpecification.ContainerArguments[0]": lambda value: {
        "AlgorithmSpecification.ContainerArguments": [value],
    },
    "AlgorithmSpecification.ContainerEntrypoint[0]": lambda value: {
        "AlgorithmSpecification.ContainerEntrypoint": [value],
    },
}
SAMPLES = [(kind, sample) for kind, samples in CREDENTIALS.items() for sample in samples]


def found(edits):
    return list(rules.create_violations(edited(CREATE["plain"], edits)))


@pytest.mark.parametrize(
    ("kind", "sample"), SAMPLES, ids=[f"{kind} {number}" for number, (kind, _) in enumerate(SAMPLES)]
)
@pytest.mark.parametrize("path", FIELDS)
def test_every_kind_of_credential_is_found_wherever_it_stands_and_never_shown(path, kind, sample):
    violations = found(FIELDS[path](f"before {sample} after"))
    assert [violation.path for violation in violations] == [path]
    assert kind in violations[0].message
    assert sample not in repr(violations)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "AKIA",
        "xAKIAQQQQQQQQQQQQQQQQ",
        "sk-learn-contrib-linear-model-with-a-long-name",
        "hf_hub_download",
        "github_pat",
        "s3://bucket/key@2:x",
        "https://example.com:443/a@b",
        "https://user@example.com/x",
        "postgresql://user:***@db/x",
        "postgresql://user:${PASSWORD}@db/x",
        "postgresql://user:<password>@db/x",
        "arn:aws:iam::123456789012:role/x",
        "-----BEGIN PUBLIC KEY-----",
        "-----BEGIN CERTIFICATE-----",
        "eyJhbGciOiJIUzI1NiJ9",
        "0123456789abcdef0123456789abcdef01234567",
        "763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training@sha256:0123",
        "loss=(.*?); time: 12:30@noon",
    ],
)
def test_what_only_looks_a_little_like_a_credential_is_none(text):
    assert kind_of_credential(text) is None


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "DB_PASSWORD",
        "dbPassword",
        "db-passwd",
        "passphrase",
        "client_secret",
        "secret",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_ACCESS_KEY_ID",
        "AWS_SESSION_TOKEN",
        "api_key",
        "apikey",
        "OPENAI_API_KEY",
        "wandbApiKey",
        "private-key",
        "encryption_key",
        "HF_TOKEN",
        "HUGGING_FACE_HUB_TOKEN",
        "github_token",
        "access_token",
        "bearerToken",
        "KAGGLE_KEY",
        "Authorization",
    ],
)
def test_a_value_under_a_credentials_name_is_refused_and_never_shown(name):
    for field in ("HyperParameters", "Environment"):
        violations = found({field: {name: '"hunter2"'}})
        assert [violation.path.split("[")[0] for violation in violations] == [field]
        assert "hunter2" not in repr(violations)


@pytest.mark.parametrize(
    "name",
    [
        "tokenizer",
        "tokenizer_name",
        "max_tokens",
        "num_tokens",
        "max_new_tokens",
        "tokens_per_batch",
        "token",
        "pad_token",
        "eos_token",
        "mask_token",
        "image_token",
        "token_dropout",
        "key_column",
        "primary_key",
        "sort_key",
        "key",
        "keys",
        "public_key",
        "monkey",
        "password_column",
        "secret_name",
        "SECRET_ARN",
        "api_key_name",
        "private_key_path",
        "author",
        "bypass",
        "compass",
        "PWD",
        "sagemaker_program",
        "",
        "___",
        "日本",
    ],
)
def test_names_of_machine_learning_are_no_names_of_credentials(name):
    assert not is_credential_name(name)
    assert found({"HyperParameters": {name: "value-123"}}) == []


@pytest.mark.parametrize(
    "value",
    [
        "true",
        '"False"',
        "None",
        "***",
        "xxxx",
        "<your password>",
        "[PAD]",
        "$PASSWORD",
        "${PASSWORD}",
        "arn:aws:secretsmanager:us-east-1:123456789012:secret:x",
        "ssm:/prod/password",
        "s3://bucket/password",
        "/opt/ml/input/data/secrets/password",
        "./password.txt",
        "{{ conn.db.password }}",
        "",
    ],
)
def test_a_switch_a_placeholder_and_a_place_are_no_secrets(value):
    assert found({"HyperParameters": {"password": value}, "Environment": {"PASSWORD": value}}) == []


@given(name=st.text(max_size=40), value=st.text(max_size=60))
def test_no_name_and_no_value_makes_them_raise(name, value):
    is_credential_name(name)
    is_reference(value)
    kind_of_credential(value)


@pytest.mark.parametrize(
    "unit", ["a", "a.", "eyJ", "eyJaaaaaaaaaaa.", "a:", "x://", "a://:", "-----BEGIN A ", "xA", "_"]
)
def test_a_long_value_is_searched_in_no_time(unit):
    text = unit * 20_000
    started = time.process_time()
    kind_of_credential(text)
    is_credential_name(text)
    is_reference(text)
    assert time.process_time() - started < 1
