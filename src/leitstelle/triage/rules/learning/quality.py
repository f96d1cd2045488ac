"""Figures about a classifier, each with its one definition."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import f1_score

from leitstelle.triage.rules.learning.members import Labels, Scores

PRECISION = 0.9
_BINS = 10
# A threshold resting on fewer tickets than this is luck.
_ENOUGH = 8


@dataclass(frozen=True)
class Quality:
    """Shares from 0 to 1, measured on texts that were not learned from.

    accuracy: share whose first proposal was right. macro_f1: mean of F1 over the categories that occur. top3: share
    with the right one among the first three. coverage_at_90: the largest share of tickets, surest first, of which
    90 % were right. calibration_error: mean distance of probability and truth over ten equal bands (ECE).
    """

    accuracy: float
    macro_f1: float
    top3: float
    coverage_at_90: float
    calibration_error: float


def quality(likely: Scores, labels: Labels) -> Quality:
    """Judge probabilities (one row per text) by the true categories."""
    first = likely.argmax(axis=1)
    right = first == labels
    sure = likely.max(axis=1)
    places = np.argsort(-likely, axis=1)[:, :3]
    return Quality(
        accuracy=float(right.mean()),
        macro_f1=float(f1_score(labels, first, labels=np.unique(labels), average="macro", zero_division=0)),
        top3=float((places == labels[:, None]).any(axis=1).mean()),
        coverage_at_90=coverage(sure, right),
        calibration_error=_calibration_error(sure, right),
    )


def coverage(sure: NDArray[np.float64], right: NDArray[np.bool_], precision: float = PRECISION) -> float:
    """Return the largest share, surest first, in which this share was right.

    Tickets of equal probability are decided together or not at all.
    """
    order = np.argsort(-sure, kind="stable")
    counted = np.arange(1, len(order) + 1)
    ends = np.append(sure[order][1:] != sure[order][:-1], True)
    enough = (np.cumsum(right[order]) / counted >= precision) & ends
    return float(counted[enough].max() / len(order)) if enough.any() else 0.0


def thresholds(likely: Scores, labels: Labels, precision: float = PRECISION) -> list[float | None]:
    """Return per category from which probability on proposals for it were right often enough; None for never.

    Judged per category where it was proposed often enough; where it was not, by all proposals together.
    """
    first, sure = likely.argmax(axis=1), likely.max(axis=1)
    right = first == labels
    overall = _threshold(sure, right, precision)
    found: list[float | None] = []
    for category in range(likely.shape[1]):
        mine = first == category
        own = int(mine.sum()) >= 2 * _ENOUGH
        found.append(_threshold(sure[mine], right[mine], precision) if own else overall)
    return found


def _threshold(sure: NDArray[np.float64], right: NDArray[np.bool_], precision: float) -> float | None:
    share = coverage(sure, right, precision)
    count = round(share * len(sure))
    return float(np.sort(sure)[::-1][count - 1]) if count >= _ENOUGH else None


def _calibration_error(sure: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    bands = np.clip((sure * _BINS).astype(int), 0, _BINS - 1)
    parts: Sequence[float] = [
        abs(float(right[bands == band].mean()) - float(sure[bands == band].mean()))
        * float((bands == band).mean())
        for band in range(_BINS)
        if (bands == band).any()
    ]
    return float(sum(parts))
