"""Names of people and companies, and keys made from names."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

_UMLAUTS = {ord("ä"): "ae", ord("ö"): "oe", ord("ü"): "ue", ord("ß"): "ss"}
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
_LEGAL_FORMS = frozenset(
    ("gmbh", "mbh", "ug", "ag", "kg", "kgaa", "ohg", "gbr", "se", "ev", "eg", "co", "cokg")
    + ("inc", "ltd", "llc", "sarl", "sa", "bv", "nv", "haftungsbeschraenkt")
)


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


def folded_company(sort_name: str) -> str:
    """Return a folded name (`kernel.search.sort_key`) without legal forms and marks, for comparing customers."""
    words = re.sub(r"[^\w\s]", "", sort_name.replace("e.v.", "ev").replace("e. v.", "ev")).split()
    return " ".join(word for word in words if word not in _LEGAL_FORMS) or " ".join(words)
