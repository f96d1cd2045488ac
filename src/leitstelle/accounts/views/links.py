"""Signed links that prove an address: whoever opens one reads the mail sent there."""

from dataclasses import dataclass
from datetime import timedelta

from django.core import signing
from django.http import HttpRequest
from django.urls import reverse

from leitstelle.accounts.errors import LinkNotValid
from leitstelle.accounts.rules import normalise_email
from leitstelle.accounts.views.mails import absolute
from leitstelle.kernel.secrets import sign, unsign

PURPOSE = "accounts.address"
VALID_FOR = timedelta(days=3)
CLAIM, VERIFY = "claim", "verify"


@dataclass(frozen=True)
class AddressLink:
    """What a link says: set up a sign-in for `address`, or add `address` to a person."""

    kind: str
    address: str
    person_id: int | None


def claim_link(request: HttpRequest, address: str) -> str:
    """The link with which the reader of `address` sets up a sign-in."""
    return _link(request, [CLAIM, normalise_email(address), None])


def verification_link(request: HttpRequest, address: str, person_id: int) -> str:
    """The link with which a person proves an address they want to add."""
    return _link(request, [VERIFY, normalise_email(address), person_id])


def _link(request: HttpRequest, content: list[str | int | None]) -> str:
    signed = sign(signing.dumps(content, salt=PURPOSE), PURPOSE)
    return absolute(request, reverse("accounts:confirm", args=[signed]))


def read_link(signed: str) -> AddressLink:
    """Return what a link says. Raises `LinkNotValid` for old and forged ones."""
    try:
        kind, address, person_id = signing.loads(unsign(signed, PURPOSE, max_age=VALID_FOR), salt=PURPOSE)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise LinkNotValid from error
    return AddressLink(kind, address, person_id)
