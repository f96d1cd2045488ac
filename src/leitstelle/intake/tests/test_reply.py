"""New and quoted part: a public corpus (its source and licence in `data/mail_replies`), and clients of this country."""

from pathlib import Path

import pytest

from leitstelle.intake.rules.mail import split_reply

CORPUS = Path(__file__).parent / "data" / "mail_replies"
WANTED = 60  # of 64; the rules are general, so a new one may lose a file and still be right


def folded(text: str) -> str:
    return " ".join(text.split())


def right(name: str) -> bool:
    reply = split_reply((CORPUS / "emails" / name).read_text("utf-8")).reply
    return folded(reply) == folded((CORPUS / "trimmed" / name).read_text("utf-8"))


def test_public_corpus() -> None:
    names = sorted(path.name for path in (CORPUS / "emails").iterdir())
    wrong = [name for name in names if not right(name)]
    assert len(names) == 64
    assert len(names) - len(wrong) >= WANTED, wrong


@pytest.mark.parametrize("name", sorted(path.name for path in (CORPUS / "emails").glob("*german*")))
def test_german_corpus(name: str) -> None:
    assert right(name)


CLIENTS = {
    "outlook": (
        "Hallo,\n\nder Drucker geht wieder.\n\nMit freundlichen Grüßen\nJürgen Müller\n\nVon: Desk <d@x.example>\n"
        "Gesendet: Freitag, 20. November 2026 10:12\nAn: Jürgen Müller <jm@x.example>\nBetreff: AW: [#42] Drucker\n\n"
        "Bitte prüfen Sie.\n",
        "Hallo,\n\nder Drucker geht wieder.\n\nMit freundlichen Grüßen\nJürgen Müller",
    ),
    "outlook bold headers": ("Ja.\n\n*Von:* Desk\n*Gesendet:* heute\n*An:* JM\n*Betreff:* X\n\nalt", "Ja."),
    "outlook cc": ("Ja.\n\nVon: Desk\nGesendet: heute\nAn: JM\nCc: Klara\nBetreff: X\n\nalt", "Ja."),
    "outlook mobile": ("Ja\n\nOutlook für iOS herunterladen\n________________________________\nVon: D\nGesendet: Fr\n"
                       "An: J\nBetreff: X\n\nalt", "Ja"),
    "thunderbird": ("Danke!\n\nAm 20.11.26 um 10:12 schrieb IT Service Desk:\n> Bitte prüfen Sie.\n> Gruß\n", "Danke!"),
    "gmail": ("Passt.\n\nAm Fr., 20. Nov. 2026 um 10:12 Uhr schrieb IT Desk <\nd@x.example>:\n\n> alt\n", "Passt."),
    "apple": ("Erledigt\n\nVon meinem iPhone gesendet\n\n> Am 20.11.2026 um 10:12 schrieb D <d@x.example>:\n> \n> alt",
              "Erledigt"),
    "apple unquoted": ("Erledigt\n\nAm 20.11.2026 um 10:12 schrieb D <d@x.example>:\n\nalt\n", "Erledigt"),
    "gmx": ('Ok\n\nGesendet: Freitag, 20. November 2026 um 10:12 Uhr\nVon: "D" <d@x.example>\nAn: jm@x.example\n'
            "Betreff: X\n\nalt", "Ok"),
    "original": ("Geht nicht.\n\n-----Ursprüngliche Nachricht-----\nVon: S\nGesendet: Fr\nAn: j\nBetreff: X\n\nalt",
                 "Geht nicht."),
    "inline": ("Am 20.11.26 um 10:12 schrieb Support:\n> Frage 1?\nJa.\n> Frage 2?\nNein.\n",
               "> Frage 1?\nJa.\n> Frage 2?\nNein."),
    "signature then quote": ("Gut.\n\n-- \nJürgen\nTel. 1\n\nAm 1.1.26 um 10:12 schrieb S:\n> alt\n", "Gut."),
    "nothing quoted": ("Am 20.11. um 10 Uhr ging er noch.\nDanke", "Am 20.11. um 10 Uhr ging er noch.\nDanke"),
    "a list of places": ("Umzug:\nVon: Raum 12\nAn: Raum 14\nDanke", "Umzug:\nVon: Raum 12\nAn: Raum 14\nDanke"),
    "table rule kept": ("Werte:\n-----\nA 1\nB 2\n", "Werte:\n-----\nA 1\nB 2"),
    "forward only": ("-------- Weitergeleitete Nachricht --------\nBetreff: X\nDatum: Fr\nVon: K <k@x.example>\n"
                     "An: j\n\nMein Text", "Mein Text"),
    "french": ("Merci\n\nLe 20/11/2026 à 10:12, Support a écrit :\n> vieux", "Merci"),
    "dutch": ("Dank\n\nOp vr 20 nov 2026 om 10:12 schreef D <d@x.example>:\n\n> oud", "Dank"),
    "danish headers": ("Tak\n\nFra: D <d@x.example>\nSendt: fredag\nTil: J\nEmne: X\n\ngammel", "Tak"),
    "polish headers": ("Tak\n\nOd: D <d@x.example>\nWysłano: piątek\nDo: J\nTemat: X\n\nstare", "Tak"),
    "czech": ("Díky\n\npá 20. 11. 2026 v 10:12 odesílatel D <d@x.example> napsal:\n\n> staré", "Díky"),
}  # fmt: skip


@pytest.mark.parametrize("client", sorted(CLIENTS))
def test_client(client: str) -> None:
    body, wanted = CLIENTS[client]
    assert split_reply(body).reply == wanted


def test_nothing_is_thrown_away() -> None:
    for body, _ in CLIENTS.values():
        parts = split_reply(body)
        kept = [line.strip() for line in f"{parts.reply}\n{parts.quoted}".split("\n") if line.strip()]
        assert sorted(kept) == sorted(line.strip() for line in body.split("\n") if line.strip())
