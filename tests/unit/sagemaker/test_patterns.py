from __future__ import annotations

import sys
import unicodedata

import pytest
import regex

from airflow_sm_training.sagemaker.patterns import compiled, translate


def test_a_tags_pattern_means_the_same_to_re_for_every_character_there_is():
    pattern = r"[\p{L}\p{Z}\p{N}_.:/=+\-@]"
    everything = "".join(chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code <= 0xDFFF)

    assert translate(pattern) is not None
    differ = set(compiled(pattern).findall(everything)) ^ set(regex.findall(pattern, everything))
    # Python and regex know different versions of Unicode, so of its newest characters they disagree.
    assert {char for char in differ if unicodedata.category(char) != "Cn"} == set()


@pytest.mark.parametrize(("text", "matches"), [("abc-1", True), ("é", False), ("a_b", False)])
def test_alnum_is_what_java_means_by_it(text, matches):
    assert bool(compiled(r"[\p{Alnum}\-]+").fullmatch(text)) is matches


def test_what_re_cannot_say_is_left_to_regex():
    pattern = r"[\p{L}\p{M}\p{S}\p{N}\p{P}]+"

    assert translate(pattern) is None
    assert compiled(pattern).fullmatch("e\u0301+")
    assert not compiled(pattern).fullmatch("a b")
