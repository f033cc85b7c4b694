"""Rules about tags."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_sm_training.sagemaker.naming import OWNERSHIP_TAGS
from airflow_sm_training.sagemaker.rules.reading import shown
from airflow_sm_training.sagemaker.rules.repeats import repeats
from airflow_sm_training.sagemaker.rules.rule import Finding, reference, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_sm_training.sagemaker.rules.reading import Part

_TAGGING_PAGE = "https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html"
_MAXIMUM_TAGS = 50
_MAXIMUM_OWN_TAGS = _MAXIMUM_TAGS - len(OWNERSHIP_TAGS)


@rule("tag-keys-unique", reference("Tag"))
def tag_keys_unique(request: Part) -> Iterator[Finding]:
    """Tag keys must be unique per resource."""
    for key in repeats(tag["Key"] for tag in request["Tags"].elements()):
        yield Finding(key, f"{shown(key.text)} is the key of an earlier tag; keep one of them")


@rule("tag-key-reserved", _TAGGING_PAGE)
def tag_key_reserved(request: Part) -> Iterator[Finding]:
    """Tag keys that begin with aws: are reserved for AWS use; you can't create them."""
    for tag in request["Tags"].elements():
        key = tag["Key"]
        if key.text and key.text.lower().startswith("aws:"):
            yield Finding(key, f"{shown(key.text)} begins with 'aws:', which AWS reserves; choose another key")


@rule("tag-count", _TAGGING_PAGE)
def tag_count(request: Part) -> Iterator[Finding]:
    """Each resource can have a maximum of 50 user created tags; the operator adds 5 of them, so 45 are left."""
    tags = request["Tags"]
    keys = [tag["Key"] for tag in tags.elements()]
    count = sum(1 for key in keys if key.text not in OWNERSHIP_TAGS)
    if count > _MAXIMUM_OWN_TAGS:
        message = (
            f"has {count} tags, more than the maximum {_MAXIMUM_OWN_TAGS}: a job has {_MAXIMUM_TAGS} at most, and "
            f"the operator adds {len(OWNERSHIP_TAGS)} that say whose job it is; drop {count - _MAXIMUM_OWN_TAGS}"
        )
        yield Finding(tags, message, (0, _MAXIMUM_OWN_TAGS))


RULES = (tag_keys_unique, tag_key_reserved, tag_count)
