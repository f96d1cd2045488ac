"""Replies that only thank or ask to close: precision first, on a corpus of its own."""

import pytest

from leitstelle.triage.rules.replies import SURE, Meaning, read_reply
from leitstelle.triage.tests.replies import CASES

NAMES = {"t": Meaning.THANKS, "c": Meaning.CLOSE, "o": Meaning.OTHER}


def acted_on(text: str) -> Meaning:
    reading = read_reply(text)
    return reading.meaning if reading.confidence >= SURE else Meaning.OTHER


def test_there_are_enough_replies_of_every_kind() -> None:
    assert len(CASES) >= 150
    assert min(sum(kind == wanted for kind, _text in CASES) for wanted in "tco") >= 30
    assert len({text for _kind, text in CASES}) == len(CASES)


@pytest.mark.parametrize(("kind", "text"), CASES)
def test_what_a_reply_means(kind: str, text: str) -> None:
    assert acted_on(text) == NAMES[kind]


def test_a_file_is_something_to_look_at() -> None:
    assert read_reply("Danke!", has_files=True).meaning is Meaning.OTHER


def test_long_texts_are_read_by_people() -> None:
    assert read_reply("Danke. " * 80).meaning is Meaning.OTHER


def test_names_on_the_ticket_are_no_words() -> None:
    assert read_reply("Danke Quendoline!").meaning is Meaning.OTHER
    reading = read_reply("Danke Quendoline!", names=("Quendoline Sörensen",))
    assert reading.meaning is Meaning.THANKS
    assert reading.confidence >= SURE
    assert reading.cues == ("danke",)


@pytest.mark.parametrize("text", ["Danke " * 5 + "aber", "a" * 100_000, "danke " * 20_000, "das " * 30_000])
def test_nothing_takes_long(text: str) -> None:
    read_reply(text)
