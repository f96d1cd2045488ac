"""Whether a machine wrote a mail: headers first, then the words of an out-of-office note.

Standards: RFC 3834 (Auto-Submitted), RFC 5230 (vacation), RFC 2369/2919 (lists), RFC 3462/3464/8098 (reports),
RFC 6047 (calendar). Everything recognised here is shown and never answered.
"""

import re
from dataclasses import dataclass

from .parsed import Address, Automatic, Headers

OWN_HEADER = "x-leitstelle-origin"
KIND_AUTO_REPLY = "auto_reply"
KIND_OUT_OF_OFFICE = "out_of_office"
KIND_BOUNCE = "bounce"
KIND_LIST = "list"
KIND_CALENDAR_REPLY = "calendar_reply"
KIND_READ_RECEIPT = "read_receipt"
KIND_BULK = "bulk"
KIND_COMPLAINT = "complaint"
KIND_NOTICE = "notice"
KIND_OWN = "own"
# A machine's notice, a list and a circular may be the first word of a case; the others only ever answer something.
KINDS_THAT_MAY_OPEN = frozenset({KIND_NOTICE, KIND_LIST, KIND_BULK, KIND_COMPLAINT})

_BOUNCE_SENDERS = re.compile(
    r"^(mailer-daemon|mail-daemon|mailerdaemon|postmaster|mdaemon|microsoftexchange[0-9a-f]{20,})@",
    re.IGNORECASE,
)
_NO_ANSWER = re.compile(
    r"^(mailer-daemon|mail-daemon|postmaster|abuse|no-?_?\.?reply|do-?not-?reply|donotreply|nicht-?antworten"
    r"|keine-?antwort|bounces?|bounce-.*|microsoftexchange[0-9a-f]{20,})(\+.*)?@",
    re.IGNORECASE,
)
_BOUNCE_SUBJECT = re.compile(
    r"(undeliver(able|ed)|delivery (status notification|failure|has failed)|mail delivery (failed|system|subsystem)"
    r"|returned mail|failure notice|unzustellbar|nicht zugestellt|zustellung fehlgeschlagen"
    r"|unzustellbarkeitsbericht|non remis|échec de (la )?remise|mancato recapito|non recapitabile|rebotado)",
    re.IGNORECASE,
)
_AWAY_SUBJECT = re.compile(
    r"(^|\W)(automatische antwort|autoreply|auto-?reply|auto-?response|autom\. antwort|abwesenheits(notiz|nachricht"
    r"|meldung|assistent|info)|abwesenheit\b|abwesend\b|out of (the )?office|ooo:|away from (my |the )?(desk|office)"
    r"|automatic reply|on vacation|annual leave|bin im urlaub|nicht im (büro|haus)|urlaubs(notiz|vertretung)"
    r"|réponse automatique|absence du bureau|absent du bureau|en congés?|message d['’]absence"
    r"|risposta automatica|fuori (sede|ufficio)|assenza|in ferie|respuesta automática|fuera de la oficina"
    r"|automatisch antwoord|afwezig)",
    re.IGNORECASE,
)
_AWAY_TEXT = re.compile(
    r"(ich bin (zur ?zeit|derzeit|momentan|aktuell|vom|ab|bis|leider|im moment|heute)?.{0,60}"
    r"(nicht (im (büro|hause?)|erreichbar|am arbeitsplatz)|abwesend|im urlaub|außer haus|ausser haus|in elternzeit)"
    r"|bin ich (vom|bis|ab|zur ?zeit|derzeit|am)?.{0,60}(nicht (im (büro|hause?)|erreichbar)|abwesend|im urlaub)"
    r"|(befinde mich|bin) .{0,40}\bim urlaub\b"
    r"|(e-?mails?|nachrichten?|mail) (wird|werden) (in dieser zeit |während meiner abwesenheit )?nicht "
    r"(weitergeleitet|gelesen|bearbeitet)|während meiner abwesenheit|ab dem .{3,30} wieder (erreichbar|für sie da)"
    r"|i('| a)?m (currently |now )?(out of (the )?office|on (annual |parental |sick )?(leave|vacation|holiday)"
    r"|away from (my|the) (desk|office))|i am (currently )?out of (the )?office|i will be out of (the )?office"
    r"|limited access to (my )?e-?mail|i('| wi)ll (be )?(back|return(ing)?) (in the office )?on"
    r"|je suis (actuellement |en ce moment )?(absente?|en congés?|en vacances|hors du bureau)"
    r"|je serai (absente?|de retour)|absente? du bureau"
    r"|sono (attualmente |al momento )?(fuori (sede|ufficio)|assente|in ferie)|sarò (assente|fuori|di nuovo)"
    r"|estoy (actualmente )?(fuera de la oficina|de vacaciones|ausente))",
    re.IGNORECASE | re.DOTALL,
)
_AWAY_LENGTH = 3_000


@dataclass(frozen=True)
class AutomaticFacts:
    """What the decision needs. `is_own`: it carries our own valid mark; `own_addresses` are our mailboxes."""

    headers: Headers
    content_type: str
    report_type: str
    calendar_method: str
    subject: str
    text: str
    sender: Address | None
    has_delivery_status: bool = False
    has_disposition: bool = False
    reply_to: Address | None = None
    is_own: bool = False
    own_addresses: frozenset[str] = frozenset()


def recognise(facts: AutomaticFacts) -> Automatic:
    """The first kind that the evidence supports; strongest evidence first."""
    for rule in (_own, _report, _bounce, _calendar, _auto_submitted, _answering, _circular, _away_text):
        found = rule(facts)
        if found is not None:
            return found
    return Automatic()


def never_answer(address: str) -> bool:
    """System addresses that get no mail from us (trap 5 of the research)."""
    return bool(_NO_ANSWER.match(address))


def _yes(kind: str, why: str) -> Automatic:
    return Automatic(True, kind, why)


def _own(facts: AutomaticFacts) -> Automatic | None:
    if facts.is_own:
        return _yes(KIND_OWN, "it carries our own mark")
    sender = facts.sender.email.lower() if facts.sender else ""
    answers_to = facts.reply_to.email.lower() if facts.reply_to else sender
    if sender and sender in facts.own_addresses and answers_to in facts.own_addresses:
        return _yes(KIND_OWN, f"sent from our own address {sender}")
    return None


def _report(facts: AutomaticFacts) -> Automatic | None:
    kind = facts.report_type.lower()
    if facts.has_delivery_status or kind == "delivery-status":
        return _yes(KIND_BOUNCE, "delivery report (multipart/report)")
    if facts.has_disposition or kind == "disposition-notification":
        return _yes(KIND_READ_RECEIPT, "read receipt (disposition notification)")
    if kind == "feedback-report":
        return _yes(KIND_COMPLAINT, "feedback report (RFC 5965)")
    return None


def _bounce(facts: AutomaticFacts) -> Automatic | None:
    if facts.headers.has("x-failed-recipients"):
        return _yes(KIND_BOUNCE, "header X-Failed-Recipients")
    sender = facts.sender.email if facts.sender else ""
    if _BOUNCE_SENDERS.match(sender) and (_BOUNCE_SUBJECT.search(facts.subject) or _failed(facts.text)):
        return _yes(KIND_BOUNCE, f"sender {sender} reports a failed delivery")
    if facts.headers.get("return-path").strip() == "<>" and _BOUNCE_SUBJECT.search(facts.subject):
        return _yes(KIND_BOUNCE, "empty return path and a delivery failure in the subject")
    if _BOUNCE_SENDERS.match(sender):
        return _yes(KIND_AUTO_REPLY, f"sender {sender} is a mail system")
    return None


def _failed(text: str) -> bool:
    return bool(
        re.search(
            r"\b[45]\d\d[ -][45]\.\d{1,3}\.\d{1,3}\b|could not be delivered|not deliver"
            r"|konnte nicht zugestellt|unzustellbar",
            text[:20_000],
            re.IGNORECASE,
        )
    )


def _calendar(facts: AutomaticFacts) -> Automatic | None:
    if facts.calendar_method.upper() == "REPLY":
        return _yes(KIND_CALENDAR_REPLY, "calendar answer (METHOD:REPLY)")
    return None


def _auto_submitted(facts: AutomaticFacts) -> Automatic | None:
    value = facts.headers.get("auto-submitted").partition(";")[0].strip().lower()
    if not value or value == "no":
        return None
    why = f"header Auto-Submitted: {value[:60]}"
    if value == "auto-replied":
        return _away(facts, why) or _yes(KIND_AUTO_REPLY, why)
    return _away_subject(facts, why) or _yes(KIND_NOTICE, why)


_ANSWER_HEADERS = (
    "x-autoreply",
    "x-autorespond",
    "x-autoresponse",
    "x-auto-reply",
    "x-mail-autoreply",
    "x-autoreply-from",
    "x-vacation",
    "x-ms-exchange-generated-message-source",
)


def _answering(facts: AutomaticFacts) -> Automatic | None:
    for name in _ANSWER_HEADERS:
        value = facts.headers.get(name).strip().lower()
        if value and value not in ("no", "false", "none"):
            why = f"header {name}: {value[:60]}"
            return _away(facts, why) or _yes(KIND_AUTO_REPLY, why)
    precedence = facts.headers.get("precedence").strip().lower()
    if precedence in ("auto_reply", "auto-reply"):
        return _away(facts, "header Precedence") or _yes(KIND_AUTO_REPLY, f"header Precedence: {precedence}")
    if facts.headers.get("return-path").strip() == "<>":
        return _away(facts, "empty return path") or _yes(KIND_AUTO_REPLY, "empty return path")
    suppress = facts.headers.get("x-auto-response-suppress").lower()
    if re.search(r"\ball\b|\boof\b|\bautoreply\b", suppress):
        why = f"header X-Auto-Response-Suppress: {suppress[:60]}"
        return _away(facts, why) or _yes(KIND_NOTICE, why)
    return None


def _circular(facts: AutomaticFacts) -> Automatic | None:
    if facts.headers.has("list-id") or facts.headers.has("list-post"):
        name = "list-id" if facts.headers.has("list-id") else "list-post"
        return _yes(KIND_LIST, f"header {name}: {facts.headers.get(name)[:80]}")
    if facts.headers.has("list-unsubscribe"):
        return _yes(KIND_BULK, "header List-Unsubscribe")
    precedence = facts.headers.get("precedence").strip().lower()
    if precedence == "list":
        return _yes(KIND_LIST, "header Precedence: list")
    if precedence in ("bulk", "junk"):
        why = f"header Precedence: {precedence}"
        return _away(facts, why) or _yes(KIND_BULK, why)
    return None


def _away_text(facts: AutomaticFacts) -> Automatic | None:
    """No header says so: the words of the note, only in a short mail, so that a story about a holiday is none."""
    if _AWAY_SUBJECT.search(facts.subject[:200]) and _AWAY_TEXT.search(facts.text[:_AWAY_LENGTH]):
        return _yes(KIND_OUT_OF_OFFICE, "subject and text read as an out-of-office note")
    start = re.match(
        r"(automatische antwort|automatic reply|réponse automatique|risposta automatica"
        r"|abwesenheitsnotiz|out of office|respuesta automática)\s*[:–-]",
        facts.subject,
        re.IGNORECASE,
    )
    return _yes(KIND_OUT_OF_OFFICE, f"subject begins with {start[1]!r}") if start else None


def _away(facts: AutomaticFacts, why: str) -> Automatic | None:
    if _AWAY_SUBJECT.search(facts.subject[:200]) or _AWAY_TEXT.search(facts.text[:_AWAY_LENGTH]):
        return _yes(KIND_OUT_OF_OFFICE, f"{why}, and it reads as an out-of-office note")
    return None


def _away_subject(facts: AutomaticFacts, why: str) -> Automatic | None:
    if _AWAY_SUBJECT.search(facts.subject[:200]) and _AWAY_TEXT.search(facts.text[:_AWAY_LENGTH]):
        return _yes(KIND_OUT_OF_OFFICE, f"{why}, and it reads as an out-of-office note")
    return None
