"""Whom the house's mail server vouches for, and what somebody else's header is worth."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leitstelle.intake.rules.mail.parsed import Headers
from leitstelle.intake.rules.mail.trust import Trust, aligned, trust_of

SERVER = "mx.house.example"
SENDER = "anna@kunde.example"


def verdict(*fields: str, server: str = SERVER, sender: str = SENDER) -> Trust:
    headers = Headers(tuple(("authentication-results", value) for value in fields))
    return trust_of(headers, server, sender).trust


@pytest.mark.parametrize(
    ("expected", "fields"),
    [
        ("verified", ["mx.house.example; dmarc=pass (p=reject dis=none) header.from=kunde.example"]),
        ("verified", ["mx.house.example 1; dkim=pass (2048-bit; insecure) header.d=mail.kunde.example"]),
        ("verified", ["MX.HOUSE.EXAMPLE; spf=pass smtp.mailfrom=bounce@kunde.example"]),
        ("verified", ["mx.house.example; dkim=pass header.i=@kunde.example; spf=fail smtp.mailfrom=x@list.example"]),
        ("verified", ['mx.house.example; dkim/1=pass reason="good; key" header.d="kunde.example"']),
        ("verified", ["mx.house.example; spf=none", "mx.house.example; dkim=pass header.d=kunde.example"]),
        ("failed", ["mx.house.example; dmarc=fail header.from=kunde.example; spf=pass smtp.mailfrom=kunde.example"]),
        ("failed", ["mx.house.example; spf=fail smtp.mailfrom=anna@kunde.example; dkim=none"]),
        ("failed", ["mx.house.example; spf=hardfail smtp.mailfrom=anna@kunde.example"]),
        ("unverified", ["mx.house.example; dkim=pass header.d=attacker.example"]),
        ("unverified", ["mx.house.example; spf=pass smtp.mailfrom=x@attacker.example; dkim=none"]),
        ("unverified", ["mx.house.example; none"]),
        ("unverified", ["mx.house.example; spf=softfail smtp.mailfrom=kunde.example"]),
        ("unverified", ["mx.house.example; dmarc=temperror header.from=kunde.example"]),
        # Anybody can write this.
        ("unverified", ["mx.attacker.example; dmarc=pass header.from=kunde.example"]),
        ("unverified", ["mx.house.example (mx.attacker.example; dmarc=pass header.from=kunde.example)"]),
        ("unverified", []),
        ("unverified", [";;;=;=", "mx.house.example", "mx.house.example; dmarc", "mx.house.example; dmarc= ;"]),
        # What stood there before the server looked.
        ("failed", ["mx.house.example; dmarc=fail", "mx.house.example; dmarc=pass header.from=kunde.example"]),
        ("unverified", ["mx.house.example; dkim=none", "mx.house.example; dkim=pass header.d=kunde.example"]),
    ],
)  # fmt: skip
def test_the_servers_word_decides(expected: str, fields: list[str]) -> None:
    assert verdict(*fields) == expected


def test_without_a_server_nothing_is_judged() -> None:
    assert verdict("mx.house.example; dmarc=fail", server="") is Trust.NOT_CHECKED
    assert Trust.NOT_CHECKED.believed
    assert not Trust.UNVERIFIED.believed


def test_the_reasons_are_kept() -> None:
    headers = Headers((("authentication-results", "mx.house.example; spf=fail; dkim=none; iprev=pass"),))
    assert trust_of(headers, SERVER, SENDER).why == "spf=fail, dkim=none"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("kunde.example", "KUNDE.example.", True),
        ("mail.kunde.example", "kunde.example", True),
        ("kunde.example", "news.kunde.example", True),
        ("kunde.example", "andererkunde.example", False),
        ("example", "kunde.example", False),
        ("", "kunde.example", False),
    ],
)
def test_domains_belong_together_only_within_each_other(one: str, other: str, same: bool) -> None:
    assert aligned(one, other) is same


@given(st.text(alphabet='mx.house.example;=() "\\dkimspfpass@header', max_size=400))
def test_no_header_breaks_it(value: str) -> None:
    assert verdict(value) in set(Trust)


@pytest.mark.timeout(10)
def test_long_headers_cost_little() -> None:
    for value in ("(" * 100_000, "mx.house.example;" + "dkim=" * 50_000, "(()" * 50_000):
        assert verdict(*[value] * 50) is Trust.UNVERIFIED
