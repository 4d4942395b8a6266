"""The fit of a logistic regression, held against scikit-learn's."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
from sklearn.preprocessing import StandardScaler  # type: ignore[import-untyped]

from bot.training.logistic import PENALTY, fit_logistic
from index import Vectors


@pytest.fixture
def features() -> Vectors:
    rng = np.random.default_rng(3)
    # Of very different sizes: the penalty must not depend on them.
    scales = np.array([0.01, 1.0, 500.0], np.float32)
    drawn: Vectors = rng.normal(size=(200, 3)).astype(np.float32)
    return drawn * scales + 2 * scales


def test_it_is_what_another_library_fits_on_standardised_features(features: Vectors) -> None:
    noise = np.random.default_rng(4).normal(size=200)
    right = features[:, 0] * 100 - features[:, 2] / 500 + noise > 0
    own = fit_logistic(features, right, 0.5)
    scaler = StandardScaler().fit(features)
    theirs = LogisticRegression(C=1 / PENALTY, tol=1e-8, max_iter=10_000)
    theirs.fit(scaler.transform(features), right)
    expected = theirs.predict_proba(scaler.transform(features))[:, 1]
    assert own.probabilities(features) == pytest.approx(expected, abs=1e-3)


def test_a_feature_that_never_changes_gets_no_weight(features: Vectors) -> None:
    features[:, 1] = 7.0
    right = features[:, 0] > np.median(features[:, 0])
    fit = fit_logistic(features, right, 0.5)
    assert fit.weights[1] == pytest.approx(0, abs=1e-6)
    assert fit.weights[0] > 0
    assert fit.least == 0.5
