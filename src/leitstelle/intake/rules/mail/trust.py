"""Whether the mail server of the house vouches for the sender of a mail.

Reads `Authentication-Results` (RFC 8601) of that server alone: anybody can write such a field, and only the server that
took the mail removes forged ones of its own name (§5). Names count as aligned in the relaxed sense of RFC 7489 §3.1,
with "one lies within the other" in place of the list of public suffixes.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from leitstelle.intake.rules.mail.parsed import Headers

_FIELDS, _LONGEST = 20, 8000
_COMMENT = re.compile(r"\((?:[^()\\]|\\.)*\)")
_WORD = re.compile(r'"(?:[^"\\]|\\.)*"|[^\s;="]+|=|;')
# Where each method names the domain it speaks about.
_DOMAIN = {"dmarc": ("header.from",), "dkim": ("header.d", "header.i"), "spf": ("smtp.mailfrom", "smtp.helo")}


class Trust(StrEnum):
    """What is known about the sender: nobody asked; vouched for; nothing said; said to be another one."""

    NOT_CHECKED = "not_checked"
    VERIFIED = "verified"
    UNVERIFIED = "unverified"
    FAILED = "failed"

    @property
    def believed(self) -> bool:
        """Whether the sender counts as who the mail says: always so where the house checks nothing."""
        return self in (Trust.NOT_CHECKED, Trust.VERIFIED)


@dataclass(frozen=True)
class Verdict:
    """What is known about the sender, and the results it rests on (`dmarc=fail`)."""

    trust: Trust
    why: str = ""


@dataclass(frozen=True)
class Check:
    """One result of the server: `dkim` came out as `pass`, speaking about these properties (`header.d`)."""

    method: str
    result: str
    properties: dict[str, str] = field(default_factory=dict)

    def about(self, domain: str) -> bool:
        """Whether it speaks about the domain of the sender."""
        named = next((self.properties[key] for key in _DOMAIN[self.method] if key in self.properties), "")
        return aligned(named.rpartition("@")[2], domain)

    def __str__(self) -> str:
        return f"{self.method}={self.result}"


def trust_of(headers: Headers, server: str, sender: str) -> Verdict:
    """Judge the sender's address by what `server` (its authserv-id, empty: nothing is checked) found.

    DMARC decides where the server checked it: a failure is one, whatever else passed. Otherwise a signature or SPF of
    the sender's own domain vouches for it, and a failed SPF without such a signature speaks against it.
    """
    if not server:
        return Verdict(Trust.NOT_CHECKED)
    checks = checks_of(headers, server)
    why = ", ".join(str(check) for check in checks)
    domain = sender.rpartition("@")[2].lower()
    dmarc = [check for check in checks if check.method == "dmarc"]
    if any(check.result == "fail" for check in dmarc):
        return Verdict(Trust.FAILED, why)
    passed = [check for check in checks if check.result == "pass" and domain and check.about(domain)]
    if passed:
        return Verdict(Trust.VERIFIED, why)
    if any(check.method == "spf" and check.result in ("fail", "hardfail") for check in checks):
        return Verdict(Trust.FAILED, why)
    return Verdict(Trust.UNVERIFIED, why)


def checks_of(headers: Headers, server: str) -> list[Check]:
    """Return what the server found by DMARC, DKIM and SPF.

    Of each method the topmost field counts: a field further down was there before the server looked.
    """
    found: list[Check] = []
    for value in headers.all("authentication-results")[:_FIELDS]:
        known = {check.method for check in found}
        found += [check for check in _read(value[:_LONGEST], server) if check.method not in known]
    return found


def aligned(named: str, domain: str) -> bool:
    """Whether two domains are the same, or one lies within the other; a top-level domain holds nothing."""
    one, other = named.lower().rstrip("."), domain.lower().rstrip(".")
    if "." not in one or "." not in other:
        return False
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")


def _read(value: str, server: str) -> Iterator[Check]:
    plain = value
    while (shorter := _COMMENT.sub(" ", plain)) != plain:  # comments nest
        plain = shorter
    parts: list[list[str]] = [[]]
    for word in _WORD.findall(plain):
        if word == ";":
            parts.append([])
        else:
            parts[-1].append(word.strip('"'))
    if not parts[0] or parts[0][0].lower() != server.lower():
        return
    for words in parts[1:]:
        pairs = _pairs(words)
        if pairs and pairs[0][0].partition("/")[0] in _DOMAIN:
            (method, result), *properties = pairs
            yield Check(method.partition("/")[0], result.lower(), dict(properties))


def _pairs(words: list[str]) -> list[tuple[str, str]]:
    """`a = b` as pairs, names in lower case; words without a value are passed over."""
    places = [place for place, word in enumerate(words) if word == "=" and 0 < place < len(words) - 1]
    return [(words[place - 1].lower(), words[place + 1]) for place in places]
