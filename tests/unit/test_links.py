from __future__ import annotations

import pytest

from airflow_sm_training.links import training_job as links
from airflow_sm_training.provider_info import get_provider_info

ARN = "arn:aws-cn:sagemaker:cn-north-1:123456789012:training-job/digits"


@pytest.fixture
def xcom(monkeypatch):
    """What the task pushed, by key."""
    pushed = {}
    monkeypatch.setattr(links.XCom, "get_value", lambda *, key, ti_key: pushed.get(key))
    return pushed


@pytest.mark.parametrize("link", [links.SageMakerTrainingJobLink(), links.SageMakerTrainingJobLogsLink()])
class TestLink:
    def test_leads_to_the_jobs_own_region_and_partition(self, link, xcom):
        xcom[links.LINK_XCOM_KEY] = links.link_data("Digits", ARN)

        url = link.get_link(None, ti_key=None)
        assert url.startswith("https://console.amazonaws.cn/")
        assert "region=cn-north-1" in url
        assert "Digits" in url

    @pytest.mark.parametrize("pushed", [None, {}, {"partition": "aws"}, "text", links.link_data("x", "no arn")])
    def test_is_empty_while_there_is_no_job(self, link, xcom, pushed):
        xcom[links.LINK_XCOM_KEY] = pushed

        assert link.get_link(None, ti_key=None) == ""

    def test_is_known_to_the_provider(self, link, xcom):
        assert f"{type(link).__module__}.{type(link).__name__}" in get_provider_info()["extra-links"]


def test_airflow_accepts_the_provider_info():
    from airflow.providers_manager import ProvidersManager

    manager = ProvidersManager()
    manager.initialize_providers_list()
    assert "airflow-sm-training" in manager.providers
    assert set(get_provider_info()["extra-links"]) <= set(manager.extra_links_class_names)
