from __future__ import annotations

import importlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from airflow_sm_training.sagemaker.description import TrainingJobDescription
from airflow_sm_training.sagemaker.secrets import MASK, SENSITIVE_NAMES, looks_secret, mask, scrub, secret_values

SECRET = "zq7-not-to-be-seen"  # letters that no generated text below contains
SECRET_KEYS = ["DB_PASSWORD", "ApiKey", "api-key", "wandb_api_key", " TOKEN ", "hf.token", "MySecretName", "DSN"]
HARMLESS_KEYS = ["LearningRate", "epochs", "passw", "AccessKey", "sagemaker_program", ""]


def airflow_secrets_masker():
    """Airflow's masker, wherever this Airflow keeps it."""
    for name in ("airflow.sdk._shared.secrets_masker", "airflow._shared.secrets_masker"):
        try:
            return importlib.import_module(name), True
        except ImportError:
            continue
    return importlib.import_module("airflow.utils.log.secrets_masker"), False


def test_the_default_list_is_that_of_the_installed_airflow():
    masker, is_shared_module = airflow_secrets_masker()
    if is_shared_module:
        assert masker.DEFAULT_SENSITIVE_FIELDS == SENSITIVE_NAMES
    else:
        assert masker.DEFAULT_SENSITIVE_FIELDS <= SENSITIVE_NAMES  # Airflow 2 knows fewer


@pytest.mark.parametrize("key", [*SECRET_KEYS, *HARMLESS_KEYS])
def test_keys_are_matched_as_the_installed_airflow_matches_them(key):
    masker, is_shared_module = airflow_secrets_masker()
    if not is_shared_module:
        pytest.skip("Airflow 2 matches without folding punctuation; the newer rule is the stricter one")
    airflow_rule = masker.SecretsMasker()
    airflow_rule.hide_sensitive_var_conn_fields = True
    airflow_rule.sensitive_variables_fields = list(masker.DEFAULT_SENSITIVE_FIELDS)
    assert looks_secret(key) == airflow_rule.should_hide_value_for_key(key)


@pytest.mark.parametrize("key", SECRET_KEYS)
def test_what_looks_secret(key):
    assert looks_secret(key)


@pytest.mark.parametrize("key", HARMLESS_KEYS)
def test_what_does_not_look_secret(key):
    assert not looks_secret(key)


@pytest.mark.parametrize("field", ["Environment", "HyperParameters", "environment", "hyper_parameters"])
def test_values_under_secret_keys_are_masked_and_others_kept(field):
    response = {field: {"DB_PASSWORD": SECRET, "LearningRate": "0.1"}}
    assert mask(response) == {field: {"DB_PASSWORD": MASK, "LearningRate": "0.1"}}
    assert response[field]["DB_PASSWORD"] == SECRET


def test_other_maps_of_the_user_are_left_alone():
    response = {"DebugHookConfig": {"HookParameters": {"token": "x" * 10}}, "PasswordPolicy": {"Token": "abcdefgh"}}
    assert mask(response) == response


@pytest.mark.parametrize("value", [None, "", b"bytes", 12345678, ["a", "b"], {"nested": "value"}])
def test_a_secret_of_any_type_is_masked(value):
    assert mask({"Environment": {"TOKEN": value}}) == {"Environment": {"TOKEN": MASK}}


def test_secrets_deeper_inside_are_masked():
    response = {"NewThing": [{"Environment": {"Group": ({"ApiKey": SECRET},)}}]}
    assert mask(response) == {"NewThing": [{"Environment": {"Group": [{"ApiKey": MASK}]}}]}


def test_the_rule_can_be_injected():
    response = {"HyperParameters": {"my_own_word": SECRET, "DB_PASSWORD": "open"}}
    assert mask(response, lambda key: "own_word" in key)["HyperParameters"] == {
        "my_own_word": MASK,
        "DB_PASSWORD": "open",
    }


@pytest.mark.parametrize("written", [SECRET, f'"{SECRET}"', SECRET.encode()])
def test_a_failure_reason_that_quotes_the_command_line_shows_no_secret(written):
    response = {
        "HyperParameters": {"registry_token": written},
        "FailureReason": f'AlgorithmError: Command "train.py --registry_token {SECRET}", exit code: 1',
        "SecondaryStatusTransitions": [{"Status": "Failed", "StatusMessage": f"{SECRET} refused"}],
        "TrainingJobName": f"job-{SECRET}",
    }
    masked = mask(response)
    assert masked["FailureReason"] == 'AlgorithmError: Command "train.py --registry_token ***", exit code: 1'
    assert masked["SecondaryStatusTransitions"] == [{"Status": "Failed", "StatusMessage": "*** refused"}]
    # Only what is free text: a name that changed would name another job.
    assert masked["TrainingJobName"] == f"job-{SECRET}"


def test_of_two_secrets_the_longer_is_taken_out_whole():
    response = {"Environment": {"TOKEN": "abcde", "SECRET": "abcdefgh"}, "FailureReason": "abcdefgh and abcde"}
    assert mask(response)["FailureReason"] == "*** and ***"


def test_values_too_short_to_be_secrets_stay_in_texts():
    response = {"HyperParameters": {"max_tokens": "1"}, "FailureReason": "AlgorithmError: exit code: 1"}
    assert mask(response)["FailureReason"] == "AlgorithmError: exit code: 1"


def test_log_lines_lose_the_secrets_of_the_request():
    request = {"Environment": {"TOKEN": SECRET, "TZ": "Europe/Berlin"}, "HyperParameters": {"api_key": '"abcdefgh"'}}
    secrets = secret_values(request)
    assert scrub(f'--api_key abcdefgh in Europe/Berlin, "{SECRET}"', secrets) == '--api_key *** in Europe/Berlin, "***"'
    assert scrub("nothing to hide", set()) == "nothing to hide"


harmless_text = st.text(alphabet="abcdef -:/", max_size=30)
secret_maps = st.dictionaries(harmless_text, harmless_text, max_size=3).flatmap(
    lambda harmless: st.dictionaries(st.sampled_from(SECRET_KEYS), st.just(SECRET), min_size=1).map(
        lambda secret: harmless | secret,
    ),
)


@given(
    environment=secret_maps,
    hyper_parameters=secret_maps,
    unknown=st.recursive(
        st.fixed_dictionaries({"Environment": secret_maps}),
        lambda inner: st.lists(inner, max_size=2) | st.fixed_dictionaries({"NewPart": inner}),
        max_leaves=4,
    ),
    text=st.tuples(harmless_text, harmless_text).map(SECRET.join),
)
@settings(deadline=None, max_examples=60)
def test_no_secret_is_left_anywhere(environment, hyper_parameters, unknown, text):
    description = TrainingJobDescription.from_response(
        {
            "Environment": environment,
            "HyperParameters": hyper_parameters,
            "NewField": unknown,
            "FailureReason": text,
            "SecondaryStatusTransitions": [{"Status": "Failed", "StatusMessage": text}],
        },
    )
    assert SECRET not in json.dumps(description.to_dict())
    assert SECRET not in repr(description)
