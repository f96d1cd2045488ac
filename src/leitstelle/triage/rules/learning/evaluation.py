"""Judging the classifier on labelled texts as the product would use it: train on some folds, propose for the rest."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from leitstelle.triage.rules.learning.classifier import Classifier, Progress, check, folds, train
from leitstelle.triage.rules.learning.quality import Quality, quality

_TIMED = 60


@dataclass(frozen=True)
class Evaluation:
    """`quality` over all rows, each judged by a classifier that had not learned from its fold.

    train_seconds: the mean of one training. predict_ms: the median milliseconds for one ticket, one at a time.
    """

    rows: int
    classes: int
    quality: Quality
    train_seconds: float
    predict_ms: float


def evaluate(
    texts: Sequence[str],
    labels: Sequence[str],
    *,
    groups: Sequence[str] | None = None,
    count: int = 5,
    report: Progress = lambda _share: None,
) -> Evaluation:
    """Judge by `count` stratified folds that no group crosses. Raises `NotEnoughExamples`."""
    names, numbers = np.unique(np.asarray(labels, dtype=object), return_inverse=True)
    check(labels, len(names))
    keys = list(groups) if groups is not None else [str(row) for row in range(len(texts))]
    likely = np.zeros((len(texts), len(names)))
    seconds, milliseconds = [], []
    splits = folds(numbers, keys, count)
    for done, (learn, test) in enumerate(splits):
        begin = time.perf_counter()
        model = train(
            [texts[row] for row in learn],
            [str(labels[row]) for row in learn],
            groups=[keys[row] for row in learn] if groups is not None else None,
            report=lambda share, done=done: report((done + share * 0.95) / len(splits)),  # type: ignore[misc]
        )
        seconds.append(time.perf_counter() - begin)
        columns = np.searchsorted(names.astype(str), model.labels)
        likely[np.ix_(test, columns)] = model.probabilities([texts[row] for row in test])
        milliseconds += _timed(model, [texts[row] for row in test[: _TIMED // len(splits)]])
        report((done + 1) / len(splits))
    return Evaluation(
        rows=len(texts),
        classes=len(names),
        quality=quality(likely, numbers),
        train_seconds=float(np.mean(seconds)),
        predict_ms=float(np.median(milliseconds)),
    )


def _timed(model: Classifier, texts: Sequence[str]) -> list[float]:
    spent = []
    for text in texts:
        begin = time.perf_counter()
        model.opinions([text])
        spent.append(1000 * (time.perf_counter() - begin))
    return spent
