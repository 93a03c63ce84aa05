"""Learn a multilayer perceptron."""

from __future__ import annotations

from typing import Any

import training
from sklearn.neural_network import MLPClassifier, MLPRegressor
from step import ComponentError


def build(
    task: str,
    layers: str,
    activation: str,
    learning_rate: float,
    alpha: float,
    batch_size: int,
    max_iter: int,
    early_stopping: bool,
    seed: int,
) -> Any:
    network = MLPRegressor if task == "regression" else MLPClassifier
    return network(
        hidden_layer_sizes=units(layers),
        activation=activation,
        learning_rate_init=learning_rate,
        alpha=alpha,
        batch_size=batch_size,
        max_iter=max_iter,
        early_stopping=early_stopping,
        random_state=seed,
    )


def units(layers: str) -> tuple[int, ...]:
    """ "64, 32" as (64, 32)."""
    pieces = [piece.strip() for piece in layers.split(",") if piece.strip()]
    if not pieces or not all(piece.isdecimal() and int(piece) for piece in pieces):
        raise ComponentError(
            f"'{layers}' doesn't say the hidden layers",
            "Write whole numbers separated by commas in 'Layers', e.g. 64, 32",
        )
    return tuple(int(piece) for piece in pieces)


if __name__ == "__main__":
    training.run(build, training.Kind("neural_network", scaled=True))
