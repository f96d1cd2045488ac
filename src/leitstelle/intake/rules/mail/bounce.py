"""Delivery reports: RFC 3464 fields, and the words of servers that do not send them (qmail, Exim, older Exchange,
large providers). Leaves to others which outgoing message a report belongs to."""

import re

from .parsed import Bounce, Headers

_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_REPLY_CODE = re.compile(r"(?<!\d)([45]\d\d)(?!\d)[ -]")
_EMAIL = re.compile(r"[\w.+%=-]{1,64}@[\w-]+(?:\.[\w-]+)+")
_ORIGINAL_ID = re.compile(r"^message-id:\s*<([^<>\s]+)>", re.IGNORECASE | re.MULTILINE)
_LEADS = (
    re.compile(r"<([^<>\s]+@[^<>\s]+)>:\s*\n?", re.IGNORECASE),  # qmail, Postfix
    re.compile(
        r"(?:following (?:address|recipient)|folgende[rn]? (?:adresse|empfänger)|failed recipient|recipient"
        r"|empfänger(?:adresse)?|destinataire|destinatario)[^@\n]{0,80}?\n?[\s:<]+([\w.+%=-]{1,64}@[\w.-]{1,250}\w)",
        re.IGNORECASE,
    ),
)
_GONE = re.compile(
    r"(user unknown|unknown user|no such (user|mailbox|address)|mailbox (not found|unavailable|does not exist)"
    r"|recipient (address )?rejected|does not exist|unbekannt|existiert nicht|nicht gefunden|address not found"
    r"|account (is )?(disabled|inactive)|inactive (user|recipient))",
    re.IGNORECASE,
)
_FULL = re.compile(
    r"(mailbox (is )?full|quota|over ?quota|postfach (ist )?voll|insufficient storage)", re.IGNORECASE
)
_WAITING = re.compile(
    r"(delayed|still being retried|will (be )?(keep )?(retr|try)|noch nicht zugestellt|verzögert"
    r"|warning: could not send|temporär)",
    re.IGNORECASE,
)


def from_delivery_status(body: str, original: str) -> Bounce | None:
    """The first failed recipient of a `message/delivery-status` part; `original` are the returned headers."""
    best: Bounce | None = None
    for block in re.split(r"\n[ \t]*\n", body.replace("\r\n", "\n"))[:200]:
        fields = _fields(block)
        recipient = _address(fields.get("final-recipient") or fields.get("original-recipient", ""))
        if not recipient and "action" not in fields:
            continue
        found = _STATUS.search(fields.get("status", "")) or _STATUS.search(fields.get("diagnostic-code", ""))
        action = fields.get("action", "").strip().lower() or "failed"
        bounce = Bounce(
            recipient,
            found[1] if found else "",
            action,
            _original_id(original),
            fields.get("diagnostic-code", "")[:500],
        )
        if best is None or (bounce.action == "failed" and best.action != "failed"):
            best = bounce
    return best


def _fields(block: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    name = ""
    for line in block.split("\n"):
        if line[:1] in (" ", "\t") and name:
            fields[name] += " " + line.strip()
        elif ":" in line:
            name, _, value = line.partition(":")
            name = name.strip().lower()
            fields.setdefault(name, value.strip())
    return fields


def _address(field: str) -> str:
    found = _EMAIL.search(field.rpartition(";")[2])
    return found[0] if found else field.rpartition(";")[2].strip()


def _original_id(text: str) -> str:
    found = _ORIGINAL_ID.search(text)
    return found[1] if found else ""


def from_text(headers: Headers, text: str, original: str, own: frozenset[str] = frozenset()) -> Bounce:
    """What the words of a report say, where no fields do. `own` addresses are never the failed recipient."""
    text = text[:50_000]
    recipient = _address(headers.get("x-failed-recipients").partition(",")[0]) or _recipient(text, own)
    found = _STATUS.search(text)
    status = found[1] if found else _status_from_words(text)
    delayed = status.startswith("4") or (not status and bool(_WAITING.search(text)))
    return Bounce(
        recipient,
        status,
        "delayed" if delayed else "failed",
        _original_id(original or text),
        _diagnostic(text),
    )


def _recipient(text: str, own: frozenset[str]) -> str:
    for lead in _LEADS:
        found = lead.search(text)
        if found and found[1].lower() not in own:
            return found[1].strip("<>.,;:")
    for found in _EMAIL.finditer(text):
        address = found[0]
        if address.lower() not in own and not address.lower().startswith(("postmaster@", "mailer-daemon@")):
            return address
    return ""


def _status_from_words(text: str) -> str:
    if _GONE.search(text):
        return "5.1.1"
    if _FULL.search(text):
        return "5.2.2"
    code = _REPLY_CODE.search(text)
    return f"{code[1][0]}.0.0" if code else ""


def _diagnostic(text: str) -> str:
    for line in text.split("\n"):
        if _STATUS.search(line) or _REPLY_CODE.search(line):
            return line.strip()[:500]
    return ""
