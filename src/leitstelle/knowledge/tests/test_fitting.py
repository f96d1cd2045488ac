"""Which guides are offered for what somebody writes of their own trouble; with the shipped ones, without a database."""

import pytest

from leitstelle.knowledge.actions.defaults import shipped_sources
from leitstelle.knowledge.rules.fitting import fit, said_words
from leitstelle.knowledge.rules.reading import read_guide

GUIDES = [read_guide(source) for source in shipped_sources().values()]


def best(text: str) -> str:
    said = said_words(text)
    scored = [(fit(guide, said), guide.key) for guide in GUIDES]
    score, key = max(scored, key=lambda pair: pair[0])
    return key if score else ""


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Hallo, mein Drucker druckt nicht", "printer"),
        ("printer jam", "printer"),
        ("Ich komme nicht ins WLAN", "wifi"),
        ("VPN geht nicht", "vpn"),
        ("Passwort vergessen", "password"),
        ("Laptop gestohlen", "lost-device"),
        ("alles ist langsam heute", "slow-computer"),
        ("Internet ist weg", "no-network"),
        ("Bei Teams geht der Ton nicht", "teams-call"),
        ("neuer Mitarbeiter ab Montag", "new-employee"),
        ("ich brauche Zugriff auf einen Ordner", "access-rights"),
        ("Der Kaffee ist leer", ""),
        ("Hallo, bitte um Hilfe, das geht hier alles nicht", ""),
        ("", ""),
    ],
)
def test_the_guide_for_what_people_write(text: str, key: str) -> None:
    assert best(text) == key


def test_words_in_every_sentence_say_nothing() -> None:
    assert said_words("Hallo, das geht hier nicht mehr. VPN!") == ["vpn"]
    assert len(said_words("wort" * 3 + " ".join(f"wort{number}" for number in range(100)))) == 20
