"""Mail addresses and domains: what they must look like, and how they are compared."""

import re
import unicodedata

import idna

MAX_ADDRESS = 254  # RFC 5321 §4.5.3.1.3, less the angle brackets
MAX_LOCAL_PART = 64  # RFC 5321 §4.5.3.1.1, in octets
MAX_DOMAIN = 253
_DOT_ATOM = re.compile(r"[^\s\x00-\x20\x7f\"(),:;<>@\[\\\]]+")
_ASCII_DOMAIN = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*")
_ADDRESS_LITERAL = re.compile(r"\[[0-9a-z:.-]+\]")
_QUOTED_PAIR = re.compile(r"\\(.)")
_FUNCTION_PARTS = frozenset(
    [
        "admin",
        "azubi",
        "bestellung",
        "buchhaltung",
        "edv",
        "einkauf",
        "empfang",
        "helpdesk",
        "hotline",
        "info",
        "it",
        "kontakt",
        "lager",
        "mail",
        "office",
        "personal",
        "post",
        "poststelle",
        "rechnung",
        "scan",
        "service",
        "sekretariat",
        "support",
        "team",
        "vertrieb",
        "verwaltung",
        "zentrale",
    ]
)


def normalise_email(value: str) -> str:
    """Return the form in which mail addresses are compared (RFC 5321, domains by IDNA/UTS 46).

    Lower case throughout: the standard lets the local part differ by case, no provider does. The
    domain is written in its ASCII form. Raises `ValueError` for what is no address.
    """
    text = unicodedata.normalize("NFC", value).strip()
    if text.startswith("<") and text.endswith(">"):
        text = text[1:-1].strip()
    local, at, domain = text.rpartition("@")
    if not at:
        raise ValueError("no @ in the address")
    address = f"{_local_part(local)}@{normalise_domain(domain)}"
    if len(address.encode()) > MAX_ADDRESS:
        raise ValueError("address too long")
    return address


def _local_part(local: str) -> str:
    if len(local) >= 2 and local.startswith('"') and local.endswith('"'):
        plain = _QUOTED_PAIR.sub(r"\1", local[1:-1])
        if any(ord(char) < 32 or ord(char) == 127 for char in plain):
            raise ValueError("control character in the address")
        if _is_dot_atom(plain):
            local = plain
    elif not _is_dot_atom(local):
        raise ValueError("not a local part")
    local = unicodedata.normalize("NFC", local.lower())
    if len(local.encode()) > MAX_LOCAL_PART:
        raise ValueError("local part too long")
    return local


def _is_dot_atom(text: str) -> bool:
    # Leading and doubled dots are not allowed by the standard, but mobile providers handed them out.
    return bool(_DOT_ATOM.fullmatch(text)) and not any(
        unicodedata.category(char) in {"Cc", "Cs"} for char in text
    )


def normalise_domain(value: str) -> str:
    """Return a mail domain in lower-case ASCII form; raises `ValueError` for what is none."""
    domain = value.strip().rstrip(".").removeprefix("@").lower()
    if _ADDRESS_LITERAL.fullmatch(domain):
        return domain
    try:
        ascii_form = idna.encode(domain, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError) as error:
        # Host names with underscores are common inside companies and are refused by IDNA.
        if not _ASCII_DOMAIN.fullmatch(domain):
            raise ValueError("not a domain") from error
        ascii_form = domain
    if not ascii_form or len(ascii_form) > MAX_DOMAIN:
        raise ValueError("not a domain")
    return ascii_form


def parent_domains(domain: str) -> list[str]:
    """Return the domain and the domains above it down to two labels, nearest first."""
    labels = domain.split(".")
    return [".".join(labels[start:]) for start in range(max(1, len(labels) - 1))]


def is_function_address(address: str) -> bool:
    """Whether a normalised address names an office rather than a human (`info@`, `support@`)."""
    return address.partition("@")[0] in _FUNCTION_PARTS
