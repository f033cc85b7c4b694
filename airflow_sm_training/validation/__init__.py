"""The command ``airflow-sm-training validate``: requests in files, held against the model and the rules."""
