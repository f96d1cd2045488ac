"""Reasons are told in the words of the ticket."""

from leitstelle.triage.rules.hints import hints_of, read_hint
from leitstelle.triage.rules.spoken import spoken


def test_base_forms_and_parts_lead_back_to_the_words() -> None:
    text = "Netzwerkdrucker druckt nicht. Bitte um Hilfe mit den Druckern!"
    told = spoken([("drucker", 2.0), ("netzwerk", 1.5), ("nicht bitte", 1.0), ("scanner", 0.5)], text)
    assert told[0][0] in ("Netzwerkdrucker", "Druckern")
    assert all(word not in ("nicht", "Bitte", "scanner") for word, _weight in told)


def test_hints_stay_what_they_are() -> None:
    hints = hints_of(
        channel="mail", organisation_id=7, requester_id=None, email="a@werk-nord.example", device="NB-104"
    )
    assert hints.split() == ["qxchmail", "qxor7", "qxdowerknordexample", "qxdenb"]
    assert spoken([("qxchmail", 1.0), ("qxor7 drucker", 0.5)], "Drucker") == [("qxchmail", 1.0)]
    assert read_hint("qxdenb") == ("de", "nb")
    assert read_hint("drucker") is None
