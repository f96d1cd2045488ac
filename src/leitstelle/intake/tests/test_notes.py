"""Notes of the mail reader: stored in English, shown in the reader's language with the pieces of the mail in them."""

import pytest
from django.utils import translation

from leitstelle.intake.labels import NOTES
from leitstelle.intake.queries import note_in_words


@pytest.mark.parametrize("note", NOTES)
def test_every_note_is_recognised_with_its_own_pieces(note: str) -> None:
    for piece in ("name", "value", "used", "number", "address", "why"):
        note = note.replace(f"%({piece})s", f"<{piece}>")
    with translation.override("en"):
        assert note_in_words(note) == note


def test_longer_notes_win_over_shorter_ones() -> None:
    with translation.override("de"):
        told = note_in_words("header Precedence: bulk, and it reads as an out-of-office note")
        assert told.startswith(note_in_words("header Precedence: bulk"))
        assert "Precedence: bulk" in told


def test_other_texts_stay_as_they_are() -> None:
    assert note_in_words("ValueError: no date here") == "ValueError: no date here"
