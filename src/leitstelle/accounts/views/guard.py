"""Limits on what anybody may try at sign-in, counted over all processes."""

from datetime import datetime, timedelta

from allauth.account.adapter import get_adapter
from django.http import HttpRequest

from leitstelle.accounts.rules import normalise_email
from leitstelle.kernel import limits

# Attempts to guess: per address slow, per machine wider, because whole sites share one address.
SIGN_IN_PER_ADDRESS = (20, timedelta(minutes=15))
SIGN_IN_PER_MACHINE = (200, timedelta(minutes=15))
# Mails that strangers can have sent to somebody.
MAILS_PER_ADDRESS = (5, timedelta(hours=1))
MAILS_PER_MACHINE = (60, timedelta(hours=1))
LINKS_PER_MACHINE = (60, timedelta(hours=1))


def check_sign_in(request: HttpRequest, address: str, now: datetime) -> None:
    """Count an attempt to sign in. Raises `TooMany`."""
    _check(request, "sign-in", SIGN_IN_PER_MACHINE, now)
    limit, per = SIGN_IN_PER_ADDRESS
    limits.check("sign-in.address", folded(address), limit=limit, per=per, now=now)


def may_mail(request: HttpRequest, address: str, now: datetime) -> bool:
    """Count a mail that a stranger asks for; whether `address` may get one more.

    Raises `TooMany` for the machine; for the address nothing is said, or the limit would tell
    strangers who is known.
    """
    _check(request, "account-mail", MAILS_PER_MACHINE, now)
    limit, per = MAILS_PER_ADDRESS
    return limits.hit("account-mail.address", folded(address), limit=limit, per=per, now=now)


def check_link(request: HttpRequest, now: datetime) -> None:
    """Count the use of a link from a mail. Raises `TooMany`."""
    _check(request, "account-link", LINKS_PER_MACHINE, now)


def _check(request: HttpRequest, bucket: str, rate: tuple[int, timedelta], now: datetime) -> None:
    limit, per = rate
    machine = get_adapter(request).get_client_ip(request)
    limits.check(bucket, machine, limit=limit, per=per, now=now)


def folded(address: str) -> str:
    """The form of an address in which attempts are counted, also for what is no address."""
    try:
        return normalise_email(address)
    except ValueError:
        return address.strip().lower()[:254]
