"""Telephone numbers: one form for every spelling, extensions, beginnings and ends."""

import re
import unicodedata
from collections.abc import Iterable

import phonenumbers

# Countries whose numbers may be longer inside a company than outside (open numbering plans).
_OPEN_PLANS = frozenset({43, 49})
_LONGEST_EXTENSION = 5
_SHORTEST_NUMBER = 6
_SHORTEST_STEM = 8  # "+49" and five digits: shorter stems would match a whole town
_LETTERS = re.compile(r"[^\W\d_]")
_EXTENSION_WORD = re.compile(
    r"(?:ext\.?|x|durchwahl|dw\.?|apparat|app\.?|nst\.?)\s*(\d{1,6})$", re.IGNORECASE
)
_SWITCHBOARD = re.compile(r"\D0$")
_DIALLED = re.compile(r"(?:tel:)?[+\d\s()\[\]/.\-\u2010-\u2015]{3,}", re.IGNORECASE)
_TRUNK_ZERO = re.compile(r"^(\+\d{1,3}|00\d{1,3})\D*\(0\)")
_SHORTEST_BEGINNING = 6  # "+49" and three digits


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


def is_number(text: str) -> bool:
    """Whether what somebody typed is meant as a telephone number: three digits and the signs between them."""
    plain = _EXTENSION_WORD.sub("", unicodedata.normalize("NFKC", text).strip())
    return bool(_DIALLED.fullmatch(plain.strip())) and len(_digits(plain)) >= 3


def number_beginning(text: str, country: str = "DE") -> str:
    """Return how an E.164 number begins of which `text` is the first part, empty where that is too little.

    A number being typed, or the line of a switchboard (`-0` at the end stands for any extension).
    """
    typed = _TRUNK_ZERO.sub(r"\1", unicodedata.normalize("NFKC", text).strip().removeprefix("tel:"))
    typed = _SWITCHBOARD.sub("", typed)
    digits = _digits(typed)
    if typed.startswith("+"):
        begins = digits
    elif digits.startswith("00"):
        begins = digits[2:]
    elif digits.startswith("0"):
        begins = f"{phonenumbers.country_code_for_region(country.upper())}{digits[1:]}"
    else:
        return ""
    return f"+{begins}" if len(begins) + 1 >= _SHORTEST_BEGINNING else ""


def _digits(text: str) -> str:
    """The digits of a text as 0 to 9, whatever script they are written in."""
    return "".join(str(unicodedata.decimal(char)) for char in text if char.isdecimal())


def number_end(text: str) -> str:
    """Return the digits of an extension that stands alone ("417", "-417"), empty for anything longer."""
    digits = _digits(text)
    alone = len(digits) in range(3, _LONGEST_EXTENSION + 1) and not text.strip().startswith(("+", "0"))
    return digits if alone else ""
