"""A trained classifier: opinions with probabilities, the words that carried them, and its own measured quality."""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.model_selection import StratifiedGroupKFold

from leitstelle.kernel.search.linguistics import fold
from leitstelle.triage.choices import Lack
from leitstelle.triage.rules.lacking import NotEnoughExamples
from leitstelle.triage.rules.learning.features import Features, Matrices
from leitstelle.triage.rules.learning.members import Labels, Linear, Member, Scores, Weights, members
from leitstelle.triage.rules.learning.pooling import Pool, fit_pool
from leitstelle.triage.rules.learning.quality import Quality, quality, thresholds
from leitstelle.triage.rules.learning.trial import Trial

FOLDS = 3
LEAST_EXAMPLES = 12
Progress = Callable[[float], None]


@dataclass(frozen=True)
class Opinion:
    """One possible category of a ticket."""

    label: str
    probability: float


@dataclass(frozen=True)
class Evidence:
    """A word (base form) or pair of words of the text that spoke for a category, and how strongly."""

    words: str
    weight: float


@dataclass
class Classifier:
    """What training yields. `thresholds` say from which probability on a category may be decided without asking."""

    labels: list[str]
    features: Features
    pool: Pool
    crew: Sequence[Member]
    quality: Quality
    thresholds: dict[str, float | None]
    examples: int
    trial: Trial

    def opinions(self, texts: Sequence[str]) -> list[list[Opinion]]:
        """Return for each text all categories, likeliest first."""
        return self.opinions_of(self.features.see(texts))

    def opinions_of(self, seen: Matrices) -> list[list[Opinion]]:
        """Return the opinions about texts that `features` has seen already."""
        found = []
        for row in self._likely(seen):
            order = np.argsort(-row, kind="stable")
            found.append([Opinion(self.labels[place], float(row[place])) for place in order])
        return found

    def probabilities(self, texts: Sequence[str]) -> Scores:
        """Return one row per text and one column per category of `labels`."""
        return self._likely(self.features.see(texts))

    def _likely(self, seen: Matrices) -> Scores:
        return self.pool.probabilities([member.scores(seen) for member in self.crew])

    def evidence(self, text: str, label: str, limit: int = 6) -> list[Evidence]:
        """Return the words of the text that spoke most for this category rather than another one."""
        return self.evidence_of(self.features.see([text]), label, limit)

    def evidence_of(self, seen: Matrices, label: str, limit: int = 6) -> list[Evidence]:
        """Return what spoke for this category in the first text that `features` has seen."""
        member = next(one for one in self.crew if isinstance(one, Linear) and one.view == "pairs")
        row = seen["pairs"][:1]
        planes = member.planes[row.indices]
        column = self.labels.index(label)
        gain = row.data * (planes[:, column] - planes.mean(axis=1))
        names = self.features.names("pairs")[row.indices]
        order = np.argsort(-gain)[:limit]
        return [Evidence(str(names[place]), float(gain[place])) for place in order if gain[place] > 0]


def train(
    texts: Sequence[str],
    labels: Sequence[str],
    *,
    groups: Sequence[str] | None = None,
    report: Progress = lambda _share: None,
) -> Classifier:
    """Learn from texts with their categories.

    Texts of one group (near-identical ones; found by their words where no groups are given) never stand on both sides
    when weights and quality are measured. `report` gets the share done, 0 to 1. Raises `NotEnoughExamples`.
    """
    check(texts, len(set(labels)))
    features = Features(len(texts), len(set(labels)))
    seen = _seen(features, texts, ())
    report(0.2)
    keys = groups or [key_of(text) for text in texts]
    return learn_labels(features, seen, labels, keys, report=lambda share: report(0.2 + 0.8 * share))


def learn_labels(
    features: Features,
    seen: Matrices,
    labels: Sequence[str],
    groups: Sequence[str],
    *,
    weights: Weights | None = None,
    report: Progress = lambda _share: None,
) -> Classifier:
    """Learn one kind of label for texts already seen by `features`; see `train`. Raises `NotEnoughExamples`."""
    names, numbers = np.unique(np.asarray(labels, dtype=object), return_inverse=True)
    check(labels, len(names))
    kept = _unseen_scores(seen, numbers, groups, len(names), report)
    pool = fit_pool(kept, numbers)
    likely = pool.probabilities(kept)
    crew = [member.fit(seen, numbers, len(names), weights) for member in members(seen)]
    report(1.0)
    limits = thresholds(likely, numbers)
    return Classifier(
        labels=[str(name) for name in names],
        features=features,
        pool=pool,
        crew=crew,
        quality=quality(likely, numbers),
        thresholds=dict(zip((str(name) for name in names), limits, strict=True)),
        examples=len(labels),
        trial=Trial.of(likely, numbers, [str(name) for name in names]),
    )


def _seen(features: Features, texts: Sequence[str], hints: Sequence[str]) -> Matrices:
    try:
        return features.learn(texts, hints)
    except ValueError as error:
        raise NotEnoughExamples(Lack.WORDS) from error


def check(examples: Sequence[str], categories: int) -> None:
    """Raise `NotEnoughExamples` where there are too few examples or categories."""
    if len(examples) < LEAST_EXAMPLES:
        raise NotEnoughExamples(Lack.EXAMPLES, least=LEAST_EXAMPLES, count=len(examples))
    if categories < 2:
        raise NotEnoughExamples(Lack.CATEGORIES)


def _unseen_scores(
    seen: Matrices, labels: Labels, groups: Sequence[str], categories: int, report: Progress
) -> list[Scores]:
    """Let fresh members score every text after learning from the other folds only."""
    rows = len(labels)
    kept = [np.zeros((rows, categories)) for _ in members(seen)]
    for fold_number, (learn, test) in enumerate(folds(labels, groups, FOLDS)):
        inside = {name: matrix[learn] for name, matrix in seen.items()}
        outside = {name: matrix[test] for name, matrix in seen.items()}
        for place, member in enumerate(members(seen)):
            if len(np.unique(labels[learn])) > 1:
                kept[place][test] = member.fit(inside, labels[learn], categories).scores(outside)
        report(0.8 * (fold_number + 1) / FOLDS)
    return kept


def folds(labels: Labels, groups: Sequence[str], count: int) -> list[tuple[Labels, Labels]]:
    """Split rows into folds of like proportions that no group crosses: (rows to learn from, rows to test on).

    Where all rows are of one group, there is nothing else than to split it.
    """
    numbers = np.unique(np.asarray(groups, dtype=object), return_inverse=True)[1]
    if not numbers.any():
        numbers = np.arange(len(labels))
    count = max(2, min(count, len(np.unique(numbers)), int(np.bincount(labels).max())))
    splitter = StratifiedGroupKFold(count, shuffle=True, random_state=0)
    with warnings.catch_warnings():
        # Categories with fewer rows than folds are in order: they are just missing from some.
        warnings.simplefilter("ignore", UserWarning)
        return list(splitter.split(np.zeros(len(labels)), labels, numbers))


def key_of(text: str) -> str:
    """The same for texts that differ in numbers, order of words and punctuation only."""
    return " ".join(sorted({word for word in fold(text).split() if word.isalpha()})) or text
