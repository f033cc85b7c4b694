from __future__ import annotations

import argparse
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_sm_training.local.runner.hyperparameters import arguments, decode, for_script


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("0.1", ["--name", "0.1"]),
        ('"0.1"', ["--name", "0.1"]),
        ("plain", ["--name", "plain"]),
        ('"plain"', ["--name", "plain"]),
        ("true", ["--name", "True"]),
        ("True", ["--name", "True"]),
        ("null", ["--name", ""]),
        ("", ["--name", ""]),
        ("[1, 2]", ["--name", "[1, 2]"]),
        ('["a"]', ["--name", "['a']"]),
        ('{"b": 2, "a": 1}', ["--name", "a=1,b=2"]),
        ("{broken", ["--name", "{broken"]),
        ("10", ["--name", "10"]),
        ("s3://b/k", ["--name", "s3://b/k"]),
        ("[" * 2500, ["--name", "[" * 2500]),
    ],
)
def test_a_hyperparameter_becomes_the_argument_that_the_toolkit_makes_of_it(sent, expected):
    assert arguments(decode({"name": sent})) == expected


def test_arguments_are_sorted_and_short_names_have_one_dash():
    assert arguments({"lr": 0.1, "C": 1, "batch-size": 32}) == ["-C", "1", "--batch-size", "32", "--lr", "0.1"]


def test_what_speaks_to_the_container_is_not_given_to_the_script():
    assert for_script({"sagemaker_program": "train.py", "sagemaker_region": "x", "lr": 1}) == {"lr": 1}


NAMES = st.from_regex(r"[a-z][a-z0-9_-]{0,20}", fullmatch=True)
VALUES = st.one_of(st.integers(), st.floats(allow_nan=False), st.booleans(), st.text())


@given(st.dictionaries(NAMES, VALUES))
def test_two_words_for_each_whatever_was_sent(values):
    words = arguments(decode({name: json.dumps(value) for name, value in values.items()}))
    assert words[::2] == [f"-{name}" if len(name) == 1 else f"--{name}" for name in sorted(values)]
    assert words[1::2] == [str(values[name]) for name in sorted(values)]


@given(st.floats(allow_nan=False))
def test_a_float_survives_the_way_to_argparse(value):
    parser = argparse.ArgumentParser()
    parser.add_argument("--lr", type=float)
    name, text = arguments(decode({"lr": json.dumps(value)}))
    assert parser.parse_args([f"{name}={text}"]).lr == value


@given(st.dictionaries(st.text(), st.text()))
def test_any_strings_can_be_rendered(values):
    assert all(isinstance(word, str) for word in arguments(for_script(decode(values))))
