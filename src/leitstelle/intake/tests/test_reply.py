"""New and quoted part: a public corpus (its source and licence in `data/mail_replies`), and clients of this country."""

from pathlib import Path

import pytest

from leitstelle.intake.rules.mail import parse_mail, split_reply

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
    "name and address below a signature": (
        "Bitte schließen.\n\nMit freundlichen Grüßen\nK. M.\n\nDesk <d@x.example> schrieb am 20.11.2026:\n> alt\n",
        "Bitte schließen.\n\nMit freundlichen Grüßen\nK. M.",
    ),
    "name and address below a word": ("Ok danke\nDesk <d@x.example> wrote on 20/11/2026:\n> alt\n", "Ok danke"),
    "name and address over two lines": (
        "Ok.\n\nZentraler IT-Service der Gemeindeverwaltung Musterhausen-Süd\n(Team 1) <d@x.example> schrieb:\n> alt\n",
        "Ok."
    ),
    "groupwise": ("Ok.\n\n>>> Desk <d@x.example> 20.11.2026 10:12 >>>\nErledigt?\n", "Ok."),
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


HTML_CLIENTS = {
    "outlook": "<div class=WordSection1><p>Geht wieder.<o:p></o:p></p><p><o:p>&nbsp;</o:p></p>"
    "<div><div style='border:none'><p><b>Von:</b> S &lt;s@x.example&gt;<br><b>Gesendet:</b> Freitag<br><b>An:</b> J"
    "<br><b>Betreff:</b> X</p></div></div><p>alt</p></div>",
    "owa": "<div>Geht wieder.</div><hr><div id=divRplyFwdMsg><b>Von:</b> S<br><b>Gesendet:</b> Fr<br><b>An:</b> J<br>"
    "<b>Betreff:</b> X</div><div>alt</div>",
    "gmail": "<div>Geht wieder.</div><br><div class=gmail_quote><div>Am Fr., 20. Nov. 2026 um 10:12 Uhr schrieb S &lt;"
    "<a href='mailto:s@x.example'>s@x.example</a>&gt;:<br></div><blockquote><div>alt<br>zwei</div></blockquote></div>",
    "apple": "Geht wieder.<br><br>Von meinem iPhone gesendet<div><br><blockquote type=cite>"
    "Am 20.11.2026 um 10:12 schrieb S &lt;s@x.example&gt;:<br><br></blockquote></div>"
    "<blockquote type=cite><div>alt</div></blockquote>",
    "thunderbird": "<p>Geht wieder.</p><div>Am 20.11.26 um 10:12 schrieb S:<br></div><blockquote>alt</blockquote>",
    "notes": "<font>Geht wieder.</font><br><br>Von: &nbsp; S/Firma<br>An: &nbsp; J<br>Datum: &nbsp;20.11.<br>"
    "Betreff: &nbsp;X<hr>alt",
    "table": "<p>Geht wieder.</p><table><tr><td>Von:</td><td>S</td></tr><tr><td>Datum:</td><td>20.11.</td></tr>"
    "<tr><td>An:</td><td>J</td></tr><tr><td>Betreff:</td><td>X</td></tr></table><p>alt</p>",
    "gmx": "<div>Geht wieder.</div><div name=quote><div><b>Gesendet:</b>&nbsp;Freitag<br><b>Von:</b>&nbsp;S<br>"
    "<b>An:</b>&nbsp;j@x.example<br><b>Betreff:</b>&nbsp;X</div><div>alt</div></div>",
}


@pytest.mark.parametrize("client", sorted(HTML_CLIENTS))
def test_html_client(client: str) -> None:
    mail = parse_mail(b"Content-Type: text/html; charset=utf-8\n\n" + HTML_CLIENTS[client].encode())
    assert mail.reply_text == "Geht wieder."
    assert "alt" in mail.quoted_text
