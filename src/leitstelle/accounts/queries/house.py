"""What the house is called and what new people start with; which invitation a link stands for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from leitstelle.accounts.models import House, Invitation, Organisation
from leitstelle.kernel.kept import kept


@dataclass(frozen=True)
class HouseFacts:
    """The house as pages and mails need it; `company` and `portal_name` are empty until somebody named them."""

    company: str
    portal_name: str
    language: str
    time_zone: str


@kept("house", "organisation")
def house_facts() -> HouseFacts:
    """The house, or the defaults of the configuration before it was named. One query."""
    row = House.objects.select_related("company").first()
    if row is None:
        return HouseFacts("", "", str(settings.LANGUAGE_CODE), str(settings.DEFAULT_PERSON_TIME_ZONE))
    company = row.company.name if row.company else ""
    return HouseFacts(company, row.portal_name, row.language, row.time_zone)


@kept("organisation")
def _portal_names() -> dict[int, str]:
    """Names of portals by organisation, those below a named one included. One query, two where there are any."""
    own = dict(Organisation.objects.exclude(portal_name="").values_list("pk", "portal_name"))
    if not own:
        return {0: ""}
    parents = dict(Organisation.objects.values_list("pk", "parent_id"))
    return {pk: name for pk in parents if (name := _nearest(pk, own, parents))}


def _nearest(pk: int | None, own: dict[int, str], parents: Mapping[int, int | None]) -> str:
    seen: set[int] = set()
    while pk is not None and pk not in seen:
        if pk in own:
            return own[pk]
        seen.add(pk)
        pk = parents.get(pk)
    return ""


def brand_for(organisation_id: int | None) -> str:
    """What the portal and its mails call themselves for people of an organisation; empty where nobody named it."""
    named = _portal_names().get(organisation_id, "") if organisation_id else ""
    house = house_facts()
    return named or house.portal_name or house.company


def handover_words() -> dict[str, str] | None:
    """What requesters are told of a handover by language (empty: our words); `None` where the house keeps silent."""
    row = House.objects.filter(tells_handover=True).first()
    return {"de": row.handover_text_de, "en": row.handover_text_en} if row is not None else None


def open_invitation(public_id: str, number: int, *, now: datetime) -> Invitation | None:
    """The invitation a link stands for, while it can be accepted."""
    rows = Invitation.objects.select_related("point__person").filter(
        public_id=public_id,
        number=number,
        accepted_at__isnull=True,
        withdrawn_at__isnull=True,
        expires_at__gt=now,
        point__person__is_active=True,
    )
    return rows.first()
