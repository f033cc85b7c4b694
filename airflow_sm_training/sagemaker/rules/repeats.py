"""Names that must differ and do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from airflow_sm_training.sagemaker.rules.reading import Part


def repeats(names: Iterable[Part]) -> Iterator[Part]:
    """
    Yield each name that stood before, where it stands again.

    :param names: parts that should be texts; what is none is passed over.
    """
    seen: set[str] = set()
    for name in names:
        if name.text is None:
            continue
        if name.text in seen:
            yield name
        seen.add(name.text)
