"""All fields of a ticket learned from one view of its words: what a desk stores and asks for new tickets."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from leitstelle.triage.rules.deciding import LEAST_FOR_A_FIELD
from leitstelle.triage.rules.lacking import NotEnoughExamples
from leitstelle.triage.rules.learning.classifier import (
    Classifier,
    Evidence,
    Opinion,
    Progress,
    key_of,
    learn_labels,
)
from leitstelle.triage.rules.learning.features import Features, Matrices
from leitstelle.triage.rules.learning.members import Weights

# A value that occurs less often is left out: nobody could learn it.
LEAST_FOR_A_VALUE = 3
# So much better than always naming the commonest value a field must be.
GAIN = 0.02
# One number per feature and value is kept; so the worker stays within its 250 MB.
_NUMBERS = 5_000_000


@dataclass(frozen=True)
class Told:
    """What is thought of one field of a ticket: opinions, likeliest first, and what spoke for the first one."""

    opinions: list[Opinion]
    evidence: list[Evidence]


@dataclass
class DeskModel:
    """Classifiers by field over common features. `problems`: why a field has none; `commonest`: by field the share
    of its commonest value.
    """

    features: Features
    fields: dict[str, Classifier] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    commonest: dict[str, float] = field(default_factory=dict)
    examples: dict[str, int] = field(default_factory=dict)

    def tell(
        self, text: str, hints: str, among: Mapping[str, Collection[str]] | None = None
    ) -> dict[str, Told]:
        """Return what is thought of a ticket, by field.

        Of the fields in `among` only those values count; what is likely of them stays as likely as it is among all. A
        field without any of them is left out.
        """
        seen = self.features.see([text], [hints])
        told = {name: self._told(one, seen, (among or {}).get(name)) for name, one in self.fields.items()}
        return {name: one for name, one in told.items() if one.opinions}

    def _told(self, classifier: Classifier, seen: Matrices, among: Collection[str] | None) -> Told:
        opinions = classifier.opinions_of(seen)[0]
        if among is not None:
            opinions = [one for one in opinions if one.label in among]
        return Told(opinions, classifier.evidence_of(seen, opinions[0].label, 12) if opinions else [])


def train_desk(
    texts: Sequence[str],
    hints: Sequence[str],
    labels: Mapping[str, Sequence[str | None]],
    weights: Mapping[str, Sequence[float]],
    *,
    report: Progress = lambda _share: None,
) -> DeskModel:
    """Learn every field from the texts that have a label for it (`None` where they have not).

    A field with too little to learn, or no better than its commonest value, gets a problem (`few`, `one`,
    `wordless`, `no_better`) instead of a classifier. Nothing is raised.
    """
    values = {name: _frequent(column) for name, column in labels.items()}
    model = DeskModel(Features(len(texts), sum(map(len, values.values())), numbers=_NUMBERS))
    try:
        seen = model.features.learn(texts, hints) if texts else {}
    except ValueError:
        seen = {}
    report(0.1)
    keys = [key_of(text) for text in texts]
    for done, name in enumerate(labels):
        rows = np.array(
            [row for row, value in enumerate(labels[name]) if value in values[name]], dtype=np.intp
        )
        course = _Course(
            labels=[str(labels[name][row]) for row in rows],
            groups=[keys[row] for row in rows],
            weights=np.array([weights[name][row] for row in rows], dtype=np.float64),
            commonest=max(values[name].values(), default=0) / max(1, len(rows)),
        )
        model.examples[name], model.commonest[name] = len(rows), course.commonest
        parts = {view: matrix[rows] for view, matrix in seen.items()}
        step = partial(_told, report, done, len(labels))
        learned = course.learn(model.features, parts, len(values[name]), step)
        if isinstance(learned, Classifier):
            model.fields[name] = learned
        else:
            model.problems[name] = learned
        step(1.0)
    return model


def _told(report: Progress, done: int, count: int, part: float) -> None:
    report(0.1 + 0.9 * (done + part) / count)


@dataclass(frozen=True)
class _Course:
    """What one field is learned from."""

    labels: list[str]
    groups: list[str]
    weights: Weights
    commonest: float

    def learn(self, features: Features, seen: Matrices, values: int, report: Progress) -> Classifier | str:
        """Return the classifier, or why there is none."""
        problem = _problem(seen, len(self.labels), values)
        if problem:
            return problem
        try:
            learned = learn_labels(
                features, seen, self.labels, self.groups, weights=self.weights, report=report
            )
        except NotEnoughExamples:
            return "few"
        return learned if learned.quality.accuracy >= self.commonest + GAIN else "no_better"


def _frequent(column: Sequence[str | None]) -> dict[str, int]:
    counted = Counter(value for value in column if value is not None)
    return {value: count for value, count in counted.items() if count >= LEAST_FOR_A_VALUE}


def _problem(seen: Matrices, rows: int, values: int) -> str:
    if rows < LEAST_FOR_A_FIELD:
        return "few"
    if values < 2:
        return "one"
    return "" if seen else "wordless"
