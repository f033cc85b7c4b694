from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_sm_training.sagemaker.model import service_model
from airflow_sm_training.sagemaker.naming import TaskInstanceIdentity, epoch_of, job_name

NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")
IDENTITY = TaskInstanceIdentity("train_digits", "train", "manual__2026-11-21T03:00:00+00:00")
texts = st.text(max_size=300)
identities = st.builds(TaskInstanceIdentity, texts, texts, texts, st.integers(-1, 9999), st.integers(1, 9999))


def test_the_pattern_of_this_test_is_the_models():
    metadata = service_model().shape_for("TrainingJobName").metadata

    assert (metadata["pattern"], metadata["max"]) == (NAME.pattern, 63)


@given(identities, st.integers(1, 999))
def test_every_derived_name_is_one_that_sagemaker_takes(identity, generation):
    name = job_name(identity.base_name(), epoch=identity.epoch, generation=generation)

    assert len(name) <= 63
    assert NAME.fullmatch(name)


@given(st.from_regex(NAME, fullmatch=True).filter(lambda name: len(name) <= 63), st.integers(1, 99), st.integers(1, 99))
def test_a_users_name_stays_valid_with_its_suffixes(base, epoch, generation):
    name = job_name(base, epoch=epoch, generation=generation)

    assert len(name) <= 63
    assert NAME.fullmatch(name)
    if (epoch, generation) == (1, 1):
        assert name == base


def test_the_name_says_whose_it_is_and_never_changes():
    assert IDENTITY.base_name() == "train-digits-train-ea5dca0a3a"
    assert TaskInstanceIdentity("train_digits", "train", IDENTITY.run_id).base_name() == IDENTITY.base_name()


@pytest.mark.parametrize(
    "other",
    [
        TaskInstanceIdentity("train_digits2", "train", IDENTITY.run_id),
        TaskInstanceIdentity("train_digits", "train2", IDENTITY.run_id),
        TaskInstanceIdentity("train_digits", "train", "manual__2"),
        TaskInstanceIdentity("train_digits", "train", IDENTITY.run_id, map_index=0),
        # The same letters, cut elsewhere:
        TaskInstanceIdentity("train", "digits_train", IDENTITY.run_id),
    ],
)
def test_another_task_instance_has_another_name_and_other_tags(other):
    assert other.base_name() != IDENTITY.base_name()
    assert not IDENTITY.owns(other.tags())


@pytest.mark.parametrize(
    ("epoch", "generation", "suffix"), [(1, 1, ""), (4, 1, "-e4"), (1, 2, "-g2"), (4, 2, "-e4-g2")]
)
def test_only_later_epochs_and_generations_show(epoch, generation, suffix):
    assert job_name("nightly", epoch=epoch, generation=generation) == f"nightly{suffix}"


def test_two_long_names_that_differ_at_the_end_stay_apart():
    one, other = "n" * 61 + "-1", "n" * 61 + "-2"

    assert job_name(one, generation=2) != job_name(other, generation=2)


def test_a_name_that_is_too_long_is_left_to_validation():
    assert job_name("n" * 70) == "n" * 70


@given(identities)
def test_tags_are_ones_that_sagemaker_takes_and_name_the_owner(identity):
    import regex

    value = service_model().shape_for("TagValue").metadata
    tags = identity.tags()

    assert all(len(tag) <= value["max"] and regex.fullmatch(value["pattern"], tag) for tag in tags.values())
    assert identity.owns(tags)
    assert epoch_of(tags) == identity.epoch


def test_tags_of_every_epoch_are_ours():
    later = TaskInstanceIdentity("train_digits", "train", IDENTITY.run_id, epoch=4)

    assert later.owns(IDENTITY.tags())
    assert epoch_of({}) is None
