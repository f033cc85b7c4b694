"""The whole matrix: endpoints, Airflow, the cases phase by phase."""

from __future__ import annotations

from contextlib import ExitStack

from tests.integration.fault_matrix.cases import phases
from tests.integration.fault_matrix.cluster import AirflowCluster
from tests.integration.fault_matrix.dag_file import dag_file
from tests.integration.fault_matrix.play import play
from tests.integration.fault_matrix.stage import Stage


def run_matrix(cases, home, tell=print):
    """
    Play the cases in an Airflow of their own.

    :param cases: what to play.
    :param home: an empty directory.
    :param tell: takes a line about how far it is.
    :return: their outcomes.
    """
    stages = {case: Stage(case) for case in cases}
    outcomes = []
    with ExitStack() as stack:
        for stage in stages.values():
            stack.enter_context(stage.endpoint)
            stack.callback(stage.close)
        connections = {case.connection_id: stage.endpoint.airflow_connection for case, stage in stages.items()}
        cluster = stack.enter_context(AirflowCluster(home, connections))
        for number, phase in enumerate(phases(cases), 1):
            tell(f"phase {number}: {phase[0].name if phase[0].is_alone else f'{len(phase)} cases side by side'}")
            for case in phase:
                stages[case].cluster = cluster
                stages[case].arm()
                (cluster.dags / f"{case.slug}.py").write_text(dag_file(case))
            outcomes += play([stages[case] for case in phase], cluster)
    return outcomes
