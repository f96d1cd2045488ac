"""Until when somebody is away: read from the words of out-of-office notes (trap 3)."""

from datetime import date

import pytest

from leitstelle.intake.rules.mail.absence import away_until

WRITTEN = date(2026, 8, 3)
UNTIL = date(2026, 8, 14)


@pytest.mark.parametrize(
    "note",
    [
        "Ich bin bis 14.08. nicht im Büro.",
        "Ich bin bis zum 14.08.2026 im Urlaub. In dringenden Fällen: Tel. 0431 12.34.56",
        "bis einschließlich Freitag, 14. August abwesend",
        "bis einschließlich 14.08.26 nicht erreichbar",
        "Vom 03.08. bis 14.08. bin ich nicht im Haus.",
        "vom 3. bis zum 14. August 2026 im Urlaub",
        "Ab dem 15.08. bin ich wieder für Sie da.",
        "Ich bin ab Samstag, den 15. August wieder erreichbar.",
        "Am 15.8. bin ich wieder zurück.",
        "Ihre Mail wird nicht weitergeleitet. Ich bin bis 14.8. im Urlaub und ab 15.8. wieder erreichbar.",
        "I am out of the office until August 14.",
        "I am on leave until Friday, 14th of August 2026, with limited access to e-mail.",
        "I will be back in the office on August 15th, 2026.",
        "out of office from August 3 to August 14",
        "I am away through 8/14/2026",
        "Away until 2026-08-14.",
        "Je suis absent jusqu'au 14 août.",
        "Je suis en congés du 3 au 14 août inclus.",
        "Je serai de retour le 15 août 2026.",
        "Absente du 03/08/2026 au 14/08/2026.",
        "Sono fuori ufficio fino al 14 agosto.",
        "Sono in ferie dal 3 al 14 agosto 2026.",
        "Sarò di nuovo in ufficio dal 15 agosto.",
    ],
)
def test_the_last_day_away_is_told(note: str) -> None:
    assert away_until(note, WRITTEN) == UNTIL


@pytest.mark.parametrize(
    "note",
    [
        "",
        "Ich bin derzeit nicht im Büro.",
        "Ich bin bis auf Weiteres nicht im Büro. Ihre Mail vom 14.08. habe ich erhalten.",
        "Am 14.08. haben wir Betriebsversammlung. Ich bin nicht erreichbar.",
        "Ich bin bis 31.02. im Urlaub.",
        "Ich war bis 14.06. im Urlaub.",
        "I am away until 03/04.",
        "Ich bin bis 14.08. im Urlaub, Herr Meier ist bis 28.08. da.",
        "bis 10 Uhr in einer Besprechung, Telefon 0431 14.08",
        "bis 14.08.2031 beurlaubt",
    ],
)
def test_what_cannot_be_told_is_not_guessed(note: str) -> None:
    assert away_until(note, WRITTEN) is None


def test_over_the_turn_of_the_year() -> None:
    assert away_until("Ich bin bis 6.1. im Urlaub.", date(2026, 12, 20)) == date(2027, 1, 6)
    assert away_until("bis 6. Januar 2027 im Urlaub", date(2026, 12, 20)) == date(2027, 1, 6)


def test_hostile_notes_end_soon() -> None:
    for note in ("bis " * 20_000, "1.1." * 20_000, "vom " + "x " * 20_000 + "bis 14.08.", "14. " * 20_000):
        away_until(note, WRITTEN)
