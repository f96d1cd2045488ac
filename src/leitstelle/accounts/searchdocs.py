"""What of people and organisations is findable: names, addresses, numbers, places; never the agents' notes.

Who may find them is said by `policies.findable_people` and `findable_organisations`.
"""

from collections.abc import Collection, Iterable, Iterator

from leitstelle.accounts import events
from leitstelle.accounts.models import Organisation, Person
from leitstelle.accounts.queries import moved_rows
from leitstelle.kernel.events import Event
from leitstelle.kernel.search import Original, SearchDoc, register_source

PERSON, ORGANISATION = "person", "organisation"

_PERSON_EVENTS = (
    events.PersonCreated,
    events.PersonChanged,
    events.PersonDeactivated,
    events.PersonReactivated,
    events.ContactPointAdded,
    events.ContactPointRemoved,
    events.PeopleMerged,
    events.PersonMergedAway,
    events.PeopleUnmerged,
    events.PersonRestored,
)
_ORGANISATION_EVENTS = (
    events.OrganisationCreated,
    events.OrganisationChanged,
    events.OrganisationDeactivated,
    events.OrganisationReactivated,
    events.SiteSaved,
    events.SiteRemoved,
    events.OrganisationsMerged,
    events.OrganisationMergedAway,
    events.OrganisationsUnmerged,
    events.OrganisationRestored,
)


def people(person_ids: Collection[int]) -> Iterator[SearchDoc]:
    """Yield the document of each of these people."""
    rows = Person.objects.filter(pk__in=person_ids).select_related("organisation", "site")
    for person in rows.prefetch_related("contact_points"):
        yield SearchDoc(
            kind=PERSON,
            object_id=person.pk,
            organisation_id=person.organisation_id,
            at=person.created_at,
            title=person.display_name,
            body=_about_person(person),
            language=person.language,
        )


def _about_person(person: Person) -> str:
    numbers = [text for point in person.contact_points.all() for text in (point.value, point.normalised)]
    places = [
        person.organisation.name if person.organisation else "",
        person.site.name if person.site else "",
    ]
    return "\n".join(
        part for part in (person.job_title, *places, person.room, *dict.fromkeys(numbers)) if part
    )


def organisations(organisation_ids: Collection[int]) -> Iterator[SearchDoc]:
    """Yield the document of each of these organisations."""
    rows = Organisation.objects.filter(pk__in=organisation_ids).prefetch_related("domains", "sites")
    for organisation in rows:
        yield SearchDoc(
            kind=ORGANISATION,
            object_id=organisation.pk,
            organisation_id=organisation.pk,
            at=organisation.created_at,
            title=organisation.name,
            body=_about_organisation(organisation),
            language=organisation.language,
        )


def _about_organisation(organisation: Organisation) -> str:
    domains = [row.domain for row in organisation.domains.all()]
    sites = [f"{site.name} {site.city}".strip() for site in organisation.sites.all() if site.is_active]
    return "\n".join([*domains, *sites])


def _originals_of_people(parts: Collection[tuple[int, int]]) -> dict[tuple[int, int], Original]:
    return {
        (doc.object_id, doc.part): Original(doc.title, doc.body) for doc in people([pk for pk, _ in parts])
    }


def _originals_of_organisations(parts: Collection[tuple[int, int]]) -> dict[tuple[int, int], Original]:
    docs = organisations([pk for pk, _ in parts])
    return {(doc.object_id, doc.part): Original(doc.title, doc.body) for doc in docs}


def _every_person() -> Iterable[int]:
    return Person.objects.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=2000)


def _every_organisation() -> Iterable[int]:
    return Organisation.objects.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=2000)


def _subject(event: Event) -> Collection[int]:
    return (event.subject_id,)


def _people_of(event: Event) -> Collection[int]:
    """People carry the name of their organisation, so they are indexed again when it changes."""
    people_ids = Person.objects.filter(organisation_id=event.subject_id).order_by("pk")
    return tuple(people_ids.values_list("pk", flat=True)[:5000])


def _people_moved(event: Event) -> Collection[int]:
    return moved_rows(event, "accounts.people")


register_source(
    PERSON,
    fetch=people,
    events={
        **dict.fromkeys(_PERSON_EVENTS, _subject),
        events.OrganisationChanged: _people_of,
        events.OrganisationsMerged: _people_moved,
        events.OrganisationsUnmerged: _people_moved,
    },
    texts=_originals_of_people,
    all_ids=_every_person,
)
register_source(
    ORGANISATION,
    fetch=organisations,
    events=dict.fromkeys(_ORGANISATION_EVENTS, _subject),
    texts=_originals_of_organisations,
    all_ids=_every_organisation,
)
