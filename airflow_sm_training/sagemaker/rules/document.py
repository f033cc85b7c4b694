"""The table of all rules in docs/rules.md, written from the rules themselves."""

from __future__ import annotations

from airflow_sm_training.sagemaker import rules
from airflow_sm_training.sagemaker.rules.rule import reference

_HEAD = """\
# What a request is held to

A request is held against two things before it is sent: against botocore's model of the API (unknown fields, required
fields, types, enums, patterns, lengths, ranges), and against the rules below, which AWS states in prose only. Each
violation names the path, the value, what is allowed, and the rule.

A rule is silent about everything that is still a template when the DAG is parsed; the same rules run again on the
rendered request, before any call. It is silent about wrong types, too, which the check against the model names.

The sentences are AWS's, shortened; where one goes on with "so", that is what this package concludes from it.

`scripts/write-rules-table` writes this file from `airflow_sm_training/sagemaker/rules/`.

"""
_LIMITS = """
## Limits that the model knows

These are documented too, and botocore's model holds them, so no rule repeats them. Where the prose names another
number, the model is the newer one.

| limit | sentence | source |
|---|---|---|
"""
_KNOWN_LIMITS = (
    ("keep-alive period", "KeepAlivePeriodInSeconds is between 0 and 21600.", "ResourceConfig"),
    ("retry attempts", "MaximumRetryAttempts is between 1 and 30.", "RetryStrategy"),
    ("pending time", "MaxPendingTimeInSeconds is between 1800 and 2419200.", "StoppingCondition"),
    ("hyperparameters", "At most 100; a key has at most 256 characters, a value 2500.", "CreateTrainingJob"),
    ("environment", "At most 100 variables; a name and a value have at most 512 characters.", "CreateTrainingJob"),
    ("tags", "A key has 1 to 128 characters, a value at most 256.", "Tag"),
    ("channels", "Between 1 and 20, each with a name of 1 to 64 characters.", "CreateTrainingJob"),
    ("instance groups", "At most 5; a channel names at most 5.", "ResourceConfig"),
    ("metrics", "At most 40, each with a regular expression of at most 500 characters.", "AlgorithmSpecification"),
)


def document() -> str:
    """Return the text of docs/rules.md."""
    rows = [_row(rule) for rule in rules.RULES]
    limits = [f"| {limit} | {sentence} | [{page}]({reference(page)}) |\n" for limit, sentence, page in _KNOWN_LIMITS]
    table = "| rule | sentence | holds for | source |\n|---|---|---|---|\n"
    return "".join([_HEAD, f"## The {len(rows)} rules\n\n", table, *rows, _LIMITS, *limits])


def _row(rule: rules.Rule) -> str:
    operations = (("create", rules.CREATE_RULES), ("update", rules.UPDATE_RULES))
    holds_for = ", ".join(name for name, members in operations if rule in members)
    page = rule.source.rsplit("/", 1)[-1].removesuffix(".html").removeprefix("API_")
    return f"| `{rule.id}` | {rule.sentence} | {holds_for} | [{page}]({rule.source}) |\n"
