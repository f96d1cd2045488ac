"""The members of the pool: different classifiers over different views, each giving a score per category."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from sklearn.naive_bayes import ComplementNB
from sklearn.svm import SVC, LinearSVC

from leitstelle.triage.rules.learning.features import Matrices

Scores = NDArray[np.float64]
Labels = NDArray[np.intp]
Weights = NDArray[np.float64]


class Member(Protocol):
    """One classifier of the pool."""

    def fit(
        self, seen: Matrices, labels: Labels, categories: int, weights: Weights | None = None
    ) -> "Member":
        """Learn; `labels` are numbers below `categories`, not all of which need occur.

        `weights` say how much each text counts.
        """
        ...

    def scores(self, seen: Matrices) -> Scores:
        """Return one row per text, one column per category, higher is likelier, centred on 0."""
        ...


@dataclass
class Linear:
    """One separating plane per category (linear support vectors), rare categories weighted up."""

    view: str
    planes: Any = None
    offsets: Any = None

    def fit(
        self, seen: Matrices, labels: Labels, categories: int, weights: Weights | None = None
    ) -> "Linear":
        """See `Member`."""
        model = LinearSVC(class_weight="balanced", random_state=0).fit(
            seen[self.view], labels, sample_weight=weights
        )
        known, planes, offsets = model.classes_, model.coef_, model.intercept_
        if len(known) == 2:
            planes, offsets = np.vstack([-planes, planes]), np.concatenate([-offsets, offsets])
        self.planes = np.zeros((planes.shape[1], categories), np.float32)
        self.offsets = np.full(categories, offsets.min() - 1.0)
        self.planes[:, known], self.offsets[known] = planes.T, offsets
        return self

    def scores(self, seen: Matrices) -> Scores:
        """See `Member`."""
        return _centred(np.asarray(seen[self.view] @ self.planes, np.float64) + self.offsets)


@dataclass
class Complement:
    """Complement naive Bayes (Rennie et al., 2003): what speaks against all other categories."""

    view: str
    weights: Any = None

    def fit(
        self, seen: Matrices, labels: Labels, categories: int, weights: Weights | None = None
    ) -> "Complement":
        """See `Member`."""
        model = ComplementNB(alpha=0.3).fit(seen[self.view], labels, sample_weight=weights)
        weights = model.feature_log_prob_
        self.weights = np.zeros((weights.shape[1], categories), np.float32)
        # A category without examples is as likely as the least likely one.
        self.weights[:] = weights.min(axis=0)[:, None]
        self.weights[:, model.classes_] = weights.T
        return self

    def scores(self, seen: Matrices) -> Scores:
        """See `Member`."""
        return _centred(np.asarray(seen[self.view] @ self.weights, np.float64))


@dataclass
class Neighbourhood:
    """A kernel machine in the space of topics: texts that say the same in other words."""

    view: str
    machine: Any = None
    categories: int = 0

    def fit(
        self, seen: Matrices, labels: Labels, categories: int, weights: Weights | None = None
    ) -> "Neighbourhood":
        """See `Member`."""
        self.categories = categories
        machine = SVC(C=5, class_weight="balanced", decision_function_shape="ovr", cache_size=300)
        self.machine = machine.fit(seen[self.view], labels, sample_weight=weights)
        return self

    def scores(self, seen: Matrices) -> Scores:
        """See `Member`."""
        found = self.machine.decision_function(seen[self.view])
        if found.ndim == 1:
            found = np.column_stack([-found, found])
        scores = np.tile(found.min(axis=1, keepdims=True), self.categories)
        scores[:, self.machine.classes_] = found
        return _centred(scores)


def members(seen: Matrices) -> Sequence[Member]:
    """Return fresh members for the views there are."""
    pool: list[Member] = [Linear("pairs"), Linear("pieces"), Complement("words")]
    return [*pool, *(Neighbourhood(view) for view in ("topics", "topics of pieces") if view in seen)]


def _centred(scores: Scores) -> Scores:
    return np.asarray(scores - scores.mean(axis=1, keepdims=True))
