"""The classifier: learns trades it has never heard of, says how sure it is, and stays silent on too little."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leitstelle.triage.labels import LACK
from leitstelle.triage.rules.learning import NotEnoughExamples, evaluate, train
from leitstelle.triage.rules.learning.classifier import folds
from leitstelle.triage.rules.learning.pooling import fit_pool
from leitstelle.triage.rules.learning.quality import coverage, quality, thresholds

# A boatyard, a bakery chain and a choir: words no service desk has in its lists.
TRADES = {
    "werft": ["Kielschwein morsch", "Ruderblatt verzogen", "Gelcoat blättert", "Bilgenpumpe läuft trocken"],
    "bäckerei": [
        "Sauerteig geht nicht auf",
        "Knetmaschine brummt",
        "Ofen hält Hitze nicht",
        "Brötchen zu blass",
    ],
    "chor": ["Notenblätter fehlen", "Tenor heiser", "Probenraum verschlossen", "Klavier verstimmt"],
}
FILLER = [
    "seit",
    "gestern",
    "bitte",
    "dringend",
    "hallo",
    "zusammen",
    "leider",
    "schon",
    "wieder",
    "danke",
    "im",
    "voraus",
    "viele",
    "grüße",
]


def tickets(count: int, seed: int = 1) -> tuple[list[str], list[str]]:
    chance = random.Random(seed)
    texts, labels = [], []
    for _ in range(count):
        label = chance.choice(sorted(TRADES))
        words = [chance.choice(TRADES[label]), *chance.choices(FILLER, k=6)]
        chance.shuffle(words)
        texts.append(" ".join(words))
        labels.append(label)
    return texts, labels


def test_learns_any_trade_and_says_why() -> None:
    model = train(*tickets(150))
    opinions = model.opinions(["Die Notenblaetter sind weg", "knetmaschiene brumt laut"])
    assert [one[0].label for one in opinions] == ["chor", "bäckerei"]
    assert all(abs(sum(part.probability for part in one) - 1) < 1e-6 for one in opinions)
    evidence = model.evidence("Die Bilgenpumpe ist defekt, bitte dringend", "werft")
    assert evidence[0].words.startswith("bilge")
    assert model.examples == 150
    assert model.quality.accuracy > 0.9


def test_judges_with_groups_on_one_side_only() -> None:
    # Every text stands twice. Whoever lets copies cross over would call pure chance a success.
    chance = random.Random(3)
    words = [f"wort{number}" for number in range(400)]
    texts = [" ".join(chance.choices(words, k=12)) for _ in range(60)]
    labels = [chance.choice("ab") for _ in texts]
    groups = [str(number) for number in range(60)]
    together = evaluate(texts * 2, labels * 2, groups=groups * 2, count=4)
    apart = evaluate(texts * 2, labels * 2, count=4)
    assert apart.quality.accuracy > 0.85
    assert together.quality.accuracy < 0.75


def test_figures_cover_every_row() -> None:
    texts, labels = tickets(90)
    found = evaluate(texts, labels, count=3)
    assert (found.rows, found.classes) == (90, 3)
    assert found.predict_ms > 0
    assert found.quality.top3 == 1


@pytest.mark.parametrize(
    ("texts", "labels"),
    [
        ([], []),
        (["a", "b", "c"], ["x", "y", "x"]),
        (["eins"] * 30, ["x"] * 30),
        (["!!"] * 30, ["x", "y"] * 15),
    ],
)
def test_too_little_is_refused_with_a_sentence(texts: list[str], labels: list[str]) -> None:
    with pytest.raises(NotEnoughExamples) as refused:
        train(texts, labels)
    assert (str(LACK[refused.value.lack]) % refused.value.values).endswith(".")


def test_rare_categories_do_not_stop_it() -> None:
    texts, labels = tickets(60)
    model = train([*texts, "Segel gerissen", "Anker klemmt"], [*labels, "einzeln", "allein"])
    assert set(model.labels) == {*TRADES, "einzeln", "allein"}
    assert evaluate([*texts, "Segel gerissen"], [*labels, "einzeln"]).classes == 4


@given(st.data())
def test_folds_hold_every_row_once_and_split_no_group(data: st.DataObject) -> None:
    rows = data.draw(st.integers(4, 60))
    labels = np.array(data.draw(st.lists(st.integers(0, 3), min_size=rows, max_size=rows)))
    groups = [str(number) for number in data.draw(st.lists(st.integers(0, 20), min_size=rows, max_size=rows))]
    if len(set(groups)) < 2:
        return
    tested = []
    for learn, test in folds(labels, groups, 5):
        tested += list(test)
        assert not {groups[row] for row in learn} & {groups[row] for row in test}
    assert sorted(tested) == list(range(rows))


def test_pool_trusts_the_better_member_and_is_calibrated() -> None:
    chance = np.random.default_rng(0)
    labels = chance.integers(0, 3, 600)
    good = np.eye(3)[labels] * 2 + chance.normal(size=(600, 3))
    noise = chance.normal(size=(600, 3))
    pool = fit_pool([good, noise], labels)
    assert pool.weights[0] > 5 * pool.weights[1]
    assert quality(pool.probabilities([good, noise]), labels).calibration_error < 0.06


def test_coverage_counts_ties_together() -> None:
    sure = np.array([0.9, 0.9, 0.9, 0.5])
    assert coverage(sure, np.array([True, True, False, True]), 0.7) == 1.0
    assert coverage(sure, np.array([True, True, False, False]), 0.7) == 0.0
    assert coverage(np.array([0.9, 0.8]), np.array([True, False])) == 0.5


def test_thresholds_stay_silent_where_never_right() -> None:
    likely = np.array([[0.9, 0.1]] * 40 + [[0.2, 0.8]] * 40)
    labels = np.array([0] * 40 + [0, 1] * 20)
    first, second = thresholds(likely, labels)
    assert first == pytest.approx(0.9)
    assert second is None
