"""
Train a classifier of handwritten digits. Runs as it is in SageMaker's scikit-learn container, and on a laptop.

SageMaker passes hyperparameters as arguments and directories as ``SM_…`` variables, finds metrics by regular
expression in what is printed, and uploads whatever lies in ``SM_MODEL_DIR`` when the script ends.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path

import joblib
import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier

PIXELS = 8


def parse_arguments() -> argparse.Namespace:
    """Return the hyperparameters of the training job and SageMaker's directories."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--learning-rate", type=float, default=0.001)
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--hidden-units", type=int, default=256)
    parser.add_argument("--model-dir", type=Path, default=os.environ.get("SM_MODEL_DIR", "model"))
    return parser.parse_args()


def shifted(images: np.ndarray) -> np.ndarray:
    """Return the images and their copies moved by one pixel left, right, up and down: five times the data."""
    grid = images.reshape(-1, PIXELS, PIXELS)
    moved = [np.roll(grid, step, axis=axis) for axis in (1, 2) for step in (-1, 1)]
    return np.concatenate([grid, *moved]).reshape(-1, PIXELS * PIXELS)


def main() -> None:
    """Train for some epochs, print the metrics of each, save the model."""
    arguments = parse_arguments()
    digits = load_digits()
    images, validation_images, labels, validation_labels = train_test_split(
        digits.data / 16, digits.target, test_size=0.2, stratify=digits.target, random_state=0
    )
    images, labels = shifted(images), np.tile(labels, 5)
    print(f"{len(images)} images to train on, {len(validation_images)} to validate with", flush=True)

    model = MLPClassifier(
        hidden_layer_sizes=(arguments.hidden_units, arguments.hidden_units // 2),
        learning_rate_init=arguments.learning_rate,
        batch_size=arguments.batch_size,
        random_state=0,
    )
    for epoch in range(1, arguments.epochs + 1):
        start = time.monotonic()
        model.partial_fit(images, labels, classes=np.arange(10))
        accuracy = model.score(validation_images, validation_labels)
        # Flushed, so that the line is in the log while the job runs and not only at its end.
        print(
            f"epoch={epoch} validation:accuracy={accuracy:.4f} train:loss={model.loss_:.4f} "
            f"seconds={time.monotonic() - start:.1f}",
            flush=True,
        )

    arguments.model_dir.mkdir(parents=True, exist_ok=True)
    joblib.dump(model, arguments.model_dir / "model.joblib")


if __name__ == "__main__":
    main()
