"""Fits a logistic regression with a penalty on the squares of its standardised weights."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from bot.reader.logistic import Logistic
from index import Vectors

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


PENALTY = 3.0
"""Weight of the squares against the summed loss."""


def fit_logistic(features: Vectors, right: Mask, least: float) -> Logistic:
    """The regression for (n, d) features of which those of `right` (n,) are meant.

    `least` is the probability that is enough.
    """
    matrix = features.astype(np.float64)
    mean, deviation = matrix.mean(axis=0), matrix.std(axis=0) + 1e-6
    standard = np.column_stack([(matrix - mean) / deviation, np.ones(len(matrix))])
    signs = np.where(right, 1.0, -1.0)

    def loss(weights: Floats) -> tuple[float, Floats]:
        odds = signs * (standard @ weights)
        penalised = PENALTY * np.append(weights[:-1], 0)
        slope = standard.T @ (-signs / (1 + np.exp(odds))) + penalised
        return float(np.logaddexp(0, -odds).sum() + penalised @ weights / 2), slope

    start = np.zeros(standard.shape[1])
    found = minimize(loss, start, jac=True, method="L-BFGS-B").x
    weights = found[:-1] / deviation
    bias = float(found[-1] - weights @ mean)
    return Logistic(weights.astype(np.float32), bias, least)
