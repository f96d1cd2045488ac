"""How much each member counts: weights that make the pool's probabilities fit what it had not seen.

A logarithmic opinion pool (Genest and Zidek, 1986): the weighted sum of scores, through softmax. As the weights are
fitted on texts the members did not learn from, they also calibrate: 0.8 comes true in about eight of ten.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from leitstelle.triage.rules.learning.members import Labels, Scores

_LEAST, _MOST = -6.0, 4.0
# Pulls towards equal weights where there is little to fit them on.
_PULL = 0.5


@dataclass(frozen=True)
class Pool:
    """Scale and weight per member, in their order."""

    scales: NDArray[np.float64]
    weights: NDArray[np.float64]

    def probabilities(self, scores: Sequence[Scores]) -> Scores:
        """Return one row per text that sums up to 1."""
        scaled = [one / scale for one, scale in zip(scores, self.scales, strict=True)]
        return _softmax(np.tensordot(self.weights, np.stack(scaled), 1))


def fit_pool(scores: Sequence[Scores], labels: Labels) -> Pool:
    """Fit the weights on scores of texts that the members did not learn from."""
    scales = np.array([max(float(one.std()), 1e-9) for one in scores])
    stack = np.stack([one / scale for one, scale in zip(scores, scales, strict=True)])
    rows = np.arange(len(labels))

    def loss(logs: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights = np.exp(logs)
        likely = _softmax(np.tensordot(weights, stack, 1))
        value = -np.log(likely[rows, labels] + 1e-12).sum() + _PULL * float(logs @ logs)
        likely[rows, labels] -= 1.0
        slopes = np.array([(likely * one).sum() for one in stack]) * weights + 2 * _PULL * logs
        return value / len(labels), slopes / len(labels)

    start = np.zeros(len(scores))
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[(_LEAST, _MOST)] * len(scores))
    return Pool(scales, np.exp(found.x))


def _softmax(scores: Scores) -> Scores:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))
