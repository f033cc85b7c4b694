"""
Stop a job for a reason of your own, and keep what it has learned.

SageMaker stops a job at ``MaxRuntimeInSeconds``. Often something else says that it is enough: here, that the loss is
low.

* ``train`` only submits a job that would go on for ten minutes, and prints its loss, which ``MetricDefinitions`` tell
  SageMaker to read.
* ``good_enough`` is a sensor of a few lines: one look at the job's description, and any condition on it. It gives up
  after a quarter of an hour, and with ``soft_fail=True`` giving up means *skipped*, not failed: a job that has not got
  there in time is to be stopped all the same, so ``stop`` runs with ``trigger_rule="all_done"``.
* ``stop`` asks SageMaker to stop the job and waits until it has; the script gets SIGTERM and two minutes to save its
  model. A job that has ended by itself meanwhile is no error, so nobody has to ask which came first. The XCom says what
  was saved: ``model_artifacts``.
"""

from airflow.providers.common.compat.sdk import dag, task  # on Airflow 3 alone: from airflow.sdk import dag, task

from airflow_sm_training.operators.training_job import (
    SageMakerCreateTrainingJobOperator,
    SageMakerStopTrainingJobOperator,
)

# bash waits in the background, so that SIGTERM is heard at once.
PROGRAM = (
    "trap 'echo half > /opt/ml/model/model.txt; exit 0' TERM; "
    "for step in $(seq 600); do printf 'train:loss=0.%03d\\n' $((600 - step)); sleep 1 & wait $!; done"
)


def is_good_enough(training_job_name: str, loss_below: float) -> bool:
    """Look at the job once."""
    from airflow_sm_training.hooks.training_job import SageMakerTrainingJobHook

    job = SageMakerTrainingJobHook().describe_training_job(training_job_name)
    loss = job.metrics.get("train:loss")
    return job.is_ended or (loss is not None and loss < loss_below)


@dag(
    schedule=None,
    tags=["sagemaker", "example"],
    doc_md=__doc__,
    params={
        "bucket": "sagemaker-us-east-1-123456789012",
        "role_arn": "arn:aws:iam::123456789012:role/SageMakerExecutionRole",
        "image": "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.4-2-cpu-py3",
        "loss_below": 0.599,
    },
)
def stop_on_condition() -> None:
    train = SageMakerCreateTrainingJobOperator(
        task_id="train",
        wait_for_completion=False,
        config={
            "AlgorithmSpecification": {
                "TrainingImage": "{{ params.image }}",
                "TrainingInputMode": "File",
                "ContainerEntrypoint": ["bash", "-c", PROGRAM],
                "MetricDefinitions": [{"Name": "train:loss", "Regex": "train:loss=([0-9.]+)"}],
            },
            "RoleArn": "{{ params.role_arn }}",
            "OutputDataConfig": {"S3OutputPath": "s3://{{ params.bucket }}/stopped"},
            "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10},
            "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
        },
    )
    training_job_name = train.output["training_job_name"]

    @task.sensor(task_id="good_enough", poke_interval=1, timeout=15 * 60, soft_fail=True, mode="poke")
    def good_enough(name: str, loss_below: str) -> bool:
        return is_good_enough(name, float(loss_below))

    stop = SageMakerStopTrainingJobOperator(
        task_id="stop",
        training_job_name=training_job_name,
        deferrable=True,
        poll_interval=1,  # seconds; the default of 30 is right for real jobs
        trigger_rule="all_done",
    )
    good_enough(training_job_name, "{{ params.loss_below }}") >> stop


stop_on_condition()
