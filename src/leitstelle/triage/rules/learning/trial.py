"""What came out when a classifier was tried on texts it had not learned from: the ground of every later promise."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from leitstelle.triage.choices import PRECISIONS
from leitstelle.triage.rules.learning.members import Labels, Scores
from leitstelle.triage.rules.learning.quality import thresholds

_BANDS = 10
_MOST_CONFUSIONS = 12


@dataclass(frozen=True)
class Band:
    """Proposals of about one probability (`low` to `low` + 10 percent): how many, and how many were right."""

    low: int
    count: int
    right: int
    said: float


@dataclass(frozen=True)
class Trial:
    """`thresholds`: by label and precision (percent), the probability from which on such a share was right.

    `confusions`: true label, proposed label, how often; the commonest first. `proposed` and `right`: by label, how
    often it came first, and how often rightly.
    """

    thresholds: dict[str, dict[int, float | None]]
    bands: list[Band]
    confusions: list[tuple[str, str, int]]
    proposed: dict[str, int]
    right: dict[str, int]

    @classmethod
    def of(cls, likely: Scores, numbers: Labels, names: Sequence[str]) -> "Trial":
        """Sum up probabilities (a row per text, a column per name) against the true labels."""
        first, sure = likely.argmax(axis=1), likely.max(axis=1)
        hits = first == numbers
        by_precision = {percent: thresholds(likely, numbers, percent / 100) for percent in PRECISIONS}
        wrong = Counter(
            (names[truth], names[said]) for truth, said in zip(numbers, first, strict=True) if truth != said
        )
        return cls(
            thresholds={
                name: {percent: limits[place] for percent, limits in by_precision.items()}
                for place, name in enumerate(names)
            },
            bands=_bands(sure, hits),
            confusions=[(*pair, count) for pair, count in wrong.most_common(_MOST_CONFUSIONS)],
            proposed=dict(Counter(names[said] for said in first)),
            right=dict(Counter(names[said] for said in first[hits])),
        )


def _bands(sure: Scores, hits: Labels) -> list[Band]:
    places = (sure * _BANDS).astype(int).clip(0, _BANDS - 1)
    return [
        Band(
            band * 100 // _BANDS,
            int((places == band).sum()),
            int(hits[places == band].sum()),
            float(sure[places == band].mean()),
        )
        for band in range(_BANDS)
        if (places == band).any()
    ]
