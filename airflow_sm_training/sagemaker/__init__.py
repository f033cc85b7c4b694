"""What SageMaker accepts and answers for training jobs. Imports no Airflow."""
