"""docs/rules.md says what the rules do."""

from __future__ import annotations

import re
from pathlib import Path

from airflow_sm_training.sagemaker import rules
from airflow_sm_training.sagemaker.rules.document import document

TEXT = (Path(__file__).parents[4] / "docs" / "rules.md").read_text(encoding="utf-8")


def test_the_document_is_written_from_the_rules():
    assert document() == TEXT, "run scripts/write-rules-table"


def test_the_table_has_every_rule_with_its_sentence_and_its_source():
    rows = re.findall(r"^\| `([a-z0-9-]+)` \| (.+) \| ([a-z, ]+) \| \[.+\]\((.+)\) \|$", TEXT, re.MULTILINE)
    assert [(rule_id, sentence, source) for rule_id, sentence, _, source in rows] == [
        (rule.id, rule.sentence, rule.source) for rule in rules.RULES
    ]
    updates = {rule_id for rule_id, _, holds_for, _ in rows if "update" in holds_for}
    assert updates == {rule.id for rule in rules.UPDATE_RULES}


def test_no_cell_breaks_the_table():
    for rule in rules.RULES:
        assert "|" not in f"{rule.id}{rule.sentence}{rule.source}"
