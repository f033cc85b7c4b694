"""``python -m airflow_sm_training.local``: what ``airflow-sm-training local`` does."""

from __future__ import annotations

import argparse
import sys

from airflow_sm_training.local import command


def main() -> int:
    """Start the endpoint and serve until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m airflow_sm_training.local", description=command.DESCRIPTION)
    command.add_arguments(parser)
    return command.run(parser.parse_args())


if __name__ == "__main__":
    sys.exit(main())
