from __future__ import annotations

import importlib.metadata
import runpy
from pathlib import Path

import pytest

from airflow_sm_training.sagemaker import model, shapes, table, validation
from tests.unit.sagemaker.botocore_versions import INSTALLED, OF_TABLE
from tests.unit.sagemaker.test_shapes import valid_request

SCRIPT = Path(__file__).parents[3] / "scripts" / "generate-shapes"
REMEDY = "request_shapes.json is not what the installed botocore says; write it again: python scripts/generate-shapes"


def test_the_table_is_what_botocore_says():
    """
    The pins of both Airflow releases hold one botocore, of which the table is made. Under another one, the newer of the
    two knows better: an older botocore has to lack nothing but fields, and a newer one asks for a new table.
    """
    generator = runpy.run_path(str(SCRIPT))
    installed = importlib.metadata.version("botocore")
    written = generator["TABLE"].read_text("utf-8")
    fresh = generator["request_shapes"]()

    if INSTALLED < OF_TABLE:
        known = table._table()["shapes"]
        missing = {name for name in fresh["shapes"] if name not in known}
        assert not missing, f"even botocore {installed} has {sorted(missing)}. {REMEDY}"
        pytest.skip(f"botocore {installed} is older than the table's {table.botocore_version()}")
    fresh["botocore"] = table.botocore_version()
    assert written == generator["text_of"](fresh), REMEDY


def test_open_enums_hold_every_value_that_botocore_knows_in_their_form():
    generator = runpy.run_path(str(SCRIPT))
    for name, openness in generator["OPEN_ENUMS"].items():
        enum = model.service_model().shape_for(name).enum
        shape = table._table()["shapes"][name]
        assert openness["example"] in enum
        assert [value for value in enum if list(shapes.violations(shape, value))] == []


@pytest.mark.parametrize(
    ("instance_type", "refused"),
    [("ml.m99.superlarge", False), ("ml.p7e-gb300.72xlarge", False), ("m5.large", True), ("ml.m5", True), ("", True)],
)
def test_a_new_instance_type_passes_while_a_dag_is_parsed_and_what_is_none_does_not(instance_type, refused):
    request = valid_request(
        ResourceConfig={"InstanceType": instance_type, "InstanceCount": 1, "VolumeSizeInGB": 10},
    )
    found = [violation.rule for violation in validation.static_violations(validation.CREATE, request)]

    assert found == (["enum"] if refused else [])


def test_a_newer_botocore_than_the_table_has_the_last_word(monkeypatch):
    """The installed botocore plays the newer one: the table has lost a field and a choice."""
    shape = table.input_shape("CreateTrainingJob")
    monkeypatch.setattr(table, "botocore_version", lambda: importlib.metadata.version("botocore"))
    wrong = valid_request(RoleArm="x", EnableNetworkIsolation=True)
    monkeypatch.delitem(shape.members, "EnableNetworkIsolation")
    assert _static(wrong) == [("EnableNetworkIsolation", "unknown"), ("RoleArm", "unknown")]

    monkeypatch.setattr(table, "botocore_version", lambda: "1.0.0")
    assert _static(wrong) == [("RoleArm", "unknown")]


def _static(request):
    return sorted((found.path, found.rule) for found in validation.static_violations(validation.CREATE, request))
