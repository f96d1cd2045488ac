"""Pure rules of addresses, numbers and names: no Django, no database, no clock."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

import idna
import phonenumbers

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

# Countries whose numbers may be longer inside a company than outside (open numbering plans).
_OPEN_PLANS = frozenset({43, 49})
_LONGEST_EXTENSION = 5
_SHORTEST_NUMBER = 6
_SHORTEST_STEM = 8  # "+49" and five digits: shorter stems would match a whole town
_UMLAUTS = {ord("ä"): "ae", ord("ö"): "oe", ord("ü"): "ue", ord("ß"): "ss"}
_LETTERS = re.compile(r"[^\W\d_]")
_EXTENSION_WORD = re.compile(
    r"(?:ext\.?|x|durchwahl|dw\.?|apparat|app\.?|nst\.?)\s*(\d{1,6})$", re.IGNORECASE
)
_SWITCHBOARD = re.compile(r"\D0$")

_TITLES = frozenset(
    {"dr", "prof", "dipl", "ing", "mag", "herr", "frau", "mr", "mrs", "ms", "med", "phil", "rer", "nat"}
)
_PARTICLES = frozenset(
    {
        "von",
        "van",
        "vom",
        "zu",
        "zum",
        "zur",
        "de",
        "del",
        "della",
        "der",
        "den",
        "di",
        "da",
        "ten",
        "ter",
        "la",
        "le",
        "el",
        "al",
        "bin",
    }
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


def normalise_phone(value: str, country: str = "DE") -> str:
    """Return the number in E.164 form; `country` (ISO 3166-1) reads numbers without a country code.

    An extension written behind a number of an open numbering plan (Germany, Austria) is dialled
    behind it and therefore part of the result. Raises `ValueError` for what cannot be dialled.
    """
    text = unicodedata.normalize("NFKC", value).strip().removeprefix("tel:")
    named = _EXTENSION_WORD.search(text)
    if named:
        text = text[: named.start()]
    if _LETTERS.search(text):
        raise ValueError("letters in the number")
    try:
        number = phonenumbers.parse(text, country.upper() or None)
    except phonenumbers.NumberParseException as error:
        raise ValueError("not a phone number") from error
    # Internal extensions ("4711") look possible in an open numbering plan but cannot be dialled from outside.
    is_short = len(phonenumbers.national_significant_number(number)) < _SHORTEST_NUMBER
    if not phonenumbers.is_possible_number(number) or (is_short and not phonenumbers.is_valid_number(number)):
        raise ValueError("not a phone number")
    extension = named.group(1) if named else number.extension or ""
    number.extension = None
    dialled = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if extension and number.country_code in _OPEN_PLANS and len(dialled) + len(extension) <= 16:
        dialled += extension
    return dialled


def format_phone(number: str, country: str = "DE") -> str:
    """Return an E.164 number as people write it: national form within `country`, else international."""
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return number
    own = parsed.country_code == phonenumbers.country_code_for_region(country.upper())
    kind = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(parsed, kind.NATIONAL if own else kind.INTERNATIONAL)


def is_mobile(number: str) -> bool:
    """Whether an E.164 number belongs to a mobile network (as far as its country tells)."""
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.number_type(parsed) == phonenumbers.PhoneNumberType.MOBILE


def is_switchboard(value: str) -> bool:
    """Whether a number as it was typed ends in the `-0` of a switchboard."""
    return bool(_SWITCHBOARD.search(value.strip()))


def phone_candidates(number: str) -> list[str]:
    """Return the stored numbers an E.164 caller may belong to, best first.

    The number itself, its line with a switchboard `0` behind it, then the lines it is an extension
    of, longest first. Numbers never are prefixes of foreign ones in a numbering plan, so a shorter
    stored number is the same line. Mobile numbers have no extensions.
    """
    if is_mobile(number):
        return [number]
    stems = [number[:end] for end in range(len(number), len(number) - _LONGEST_EXTENSION - 1, -1)]
    kept = [stem for stem in stems if stem == number or len(stem) >= _SHORTEST_STEM]
    return [candidate for stem in kept for candidate in (stem, f"{stem}0")]


def best_phone_matches(number: str, known: Iterable[tuple[str, str]]) -> list[str]:
    """Return the stored numbers that fit an E.164 caller best.

    `known` holds (E.164, as typed). A stored number counts as switchboard of the line only when it
    was typed with `-0`; the extension 70 is not the switchboard of the extension 78.
    """
    rank = {candidate: place for place, candidate in reversed(list(enumerate(phone_candidates(number))))}
    fitting = [
        (rank[stored], stored)
        for stored, typed in known
        if stored in rank and (stored == number or number.startswith(stored) or is_switchboard(typed))
    ]
    best = min((place for place, _ in fitting), default=None)
    return sorted({stored for place, stored in fitting if place == best})


def clean_name(value: str, *, limit: int = 200) -> str:
    """Return a name on one line without control characters, at most `limit` characters."""
    visible = "".join(" " if unicodedata.category(char)[0] in "CZ" else char for char in value)
    return " ".join(unicodedata.normalize("NFC", visible).strip(" \"'").split())[:limit].strip()


def split_name(name: str) -> tuple[str, str]:
    """Return (given, family) of a full name: "Brandt, Dr. Eva" and "Dr. Eva Brandt" give the same."""
    family, comma, given = name.partition(",")
    if comma:
        return " ".join(_without_titles(given.split())), family.strip()
    words = _without_titles(name.split())
    if len(words) < 2:
        return "", " ".join(words)
    start = len(words) - 1
    while start > 1 and words[start - 1].lower() in _PARTICLES:
        start -= 1
    return " ".join(words[:start]), " ".join(words[start:])


def _without_titles(words: Sequence[str]) -> list[str]:
    return [word for word in words if not _is_title(word)]


def _is_title(word: str) -> bool:
    # "Dr.-Ing." is a title, the family name "Mag" is not: titles carry a dot.
    if "." in word:
        return re.split(r"[.-]", word.lower())[0] in _TITLES
    return word.lower() in {"herr", "frau"}


def name_from_address(address: str) -> str:
    """Return a name for somebody of whom only the address is known: "Eva Brandt" for `eva.brandt@…`."""
    local = address.partition("@")[0]
    words = re.split(r"[._]+", local)
    if len(words) == 2 and all(word.isalpha() and len(word) > 1 for word in words):
        return " ".join(word.capitalize() for word in words)
    return address


def scope_key(organisation_id: int | None, team_id: int | None, level_id: int | None) -> str:
    """Return the text that makes a grant unique per scope: `organisation:team:level`, empty where unlimited."""
    return ":".join("" if part is None else str(part) for part in (organisation_id, team_id, level_id))


def free_key(name: str, taken: Iterable[str], *, limit: int = 40) -> str:
    """Return a key of `a-z0-9-` made from a name that is not among `taken`."""
    plain = name.lower().translate(_UMLAUTS)
    ascii_only = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode("ascii")
    base = re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")[: limit - 4] or "x"
    used = set(taken)
    key, number = base, 2
    while key in used:
        key, number = f"{base}-{number}", number + 1
    return key
