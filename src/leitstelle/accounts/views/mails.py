"""The mails of sign-in: rendered in the reader's language, handed to the outbox.

Owns wording and links. Leaves sending to `kernel.mail`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import translation

from leitstelle.accounts import queries
from leitstelle.accounts.models import Person
from leitstelle.kernel import mail
from leitstelle.kernel.events import Actor, Subject, unit


def absolute(request: HttpRequest, path: str) -> str:
    """The address to write into a mail: the configured one, else the one the request came to."""
    return urljoin(f"{settings.BASE_URL}/", path) if settings.BASE_URL else request.build_absolute_uri(path)


def send_account_mail(
    kind: str,
    address: str,
    context: Mapping[str, Any],
    *,
    person: Person | None,
    language: str,
    now: datetime,
) -> None:
    """Queue the mail `accounts/mail/<kind>.txt`; its first line is the subject.

    In the person's language; `language` is for people nobody knows.
    """
    brand = queries.brand_for(person.organisation_id if person else None)
    with translation.override(person.language if person else language):
        text = render_to_string(f"accounts/mail/{kind}.txt", {**context, "person": person, "brand": brand})
    subject, _, body = text.strip().partition("\n")
    outgoing = mail.Outgoing(
        to=[address],
        subject=subject.strip(),
        text=body.strip() + "\n",
        from_email=mail.house_address(),
        from_name=brand or "Leitstelle",
        subject_ref=Subject("person", person.pk) if person else None,
        automatic=True,
    )
    with unit():
        mail.queue_mail(outgoing, actor=Actor.system("sign-in"), now=now)
