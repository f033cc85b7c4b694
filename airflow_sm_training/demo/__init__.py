"""
The demo: a model trained on your machine by a real Airflow, in a minute (extra: ``demo``).

It drives Airflow from outside, by its command line and REST API, and so imports nothing of it.
"""
