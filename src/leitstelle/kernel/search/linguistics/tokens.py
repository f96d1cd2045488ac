"""Cutting text into words and identifiers.

A chunk is what stands between blanks and ordinary punctuation: a word, or an identifier such as a host name,
address, version, path or e-mail address, which is kept whole beside its parts.
"""

import ipaddress
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from leitstelle.kernel.search.linguistics.folding import fold

# Stands for any connector within a whole identifier. Both databases take it for a letter.
CONNECTOR = "·"
MAX_TOKEN = 64
_MAX_IDENTIFIER = 96

_CHUNK = re.compile(r"::?[0-9a-fA-F:]{0,40}[0-9a-fA-F]|[^\W_]+(?:[-_.:/@\\'’+=&?#%~]{1,3}[^\W_]+)*(?:::)?")
_PART = re.compile(r"[^\W_]+")
_MAC = re.compile(
    r"(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}|(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}|[0-9a-f]{6}-[0-9a-f]{6}",
    re.IGNORECASE,
)
_HYPHENATED = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)+")


class Chunk(NamedTuple):
    """A chunk as it was written, where it stands, its folded parts and what it is called as a whole."""

    text: str
    start: int
    end: int
    parts: tuple[str, ...]
    wholes: tuple[str, ...]


def chunks(text: str) -> Iterator[Chunk]:
    """Yield the chunks of a text in order. Never fails, whatever the characters."""
    for match in _CHUNK.finditer(text):
        parts, wholes = _analyse(match[0])
        if parts:
            yield Chunk(match[0], match.start(), match.end(), parts, wholes)


@lru_cache(maxsize=32_768)
def _analyse(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if text.isalnum():
        return (cut(fold(text)),), ()
    parts = tuple(part for part in (cut(fold(part)) for part in _PART.findall(text)) if part)
    return parts, _wholes(text, parts)


def cut(token: str) -> str:
    """The token as it is stored: only letters and digits, of limited length."""
    kept = token if token.isalnum() else "".join(char for char in token if char.isalnum())
    return kept[:MAX_TOKEN]


def _wholes(text: str, parts: tuple[str, ...]) -> tuple[str, ...]:
    if len(text) > _MAX_IDENTIFIER or not parts:
        return ()
    if _MAC.fullmatch(text):
        return (re.sub(r"[^0-9a-f]", "", text.lower()),)
    if ":" in text and (address := _ipv6(text)):
        return (address,)
    if len(parts) == 1:
        return ()
    if _HYPHENATED.fullmatch(text):
        # E-Mail and Email, WLAN-Router and WLANRouter are the same word.
        return (cut("".join(parts)),)
    return (CONNECTOR.join(parts)[:_MAX_IDENTIFIER], *_host_name_ends(text))


def _ipv6(text: str) -> str:
    try:
        return CONNECTOR.join(ipaddress.IPv6Address(text).exploded.split(":"))
    except ValueError:
        return ""


def _host_name_ends(text: str) -> Iterator[str]:
    """srv-ex01 for srv-ex01.firma.local: people leave the domain away."""
    first, dot, rest = text.partition(".")
    if dot and not first.isalnum() and re.fullmatch(r"[\w-]+", first) and rest[:1].isalpha():
        parts = [cut(fold(part)) for part in _PART.findall(first)]
        if len(parts) > 1:
            yield CONNECTOR.join(parts)
