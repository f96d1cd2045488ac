"""What agents see of a person and of an organisation.

Higher domains add panels: `person.page` and `organisation.page` in the wide column, `….side` in the narrow one.
"""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from leitstelle.accounts import labels, policies, queries
from leitstelle.accounts.choices import ContactKind, Role
from leitstelle.accounts.forms.people import ContactForm, NotesForm
from leitstelle.accounts.models import ContactPoint, Organisation, Person
from leitstelle.accounts.views.finding import one
from leitstelle.kernel.errors import NotFound
from leitstelle.kernel.events import Subject
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import collect, page, viewer_of

PEOPLE_SHOWN = 12


@require_safe
def person(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Facts, addresses, numbers, and what other domains know; an alias leads to who remains."""
    viewer = viewer_of(request)
    policies.require(policies.is_agent(viewer))
    row = visible_person(viewer, public_id)
    if row.merged_into_id is not None:
        return _to_survivor(viewer, row)
    return person_page(request, row)


def visible_person(viewer: Viewer, public_id: UUID) -> Person:
    """Return the person with organisation and site if the viewer sees them; raises `NotFound`."""
    rows = policies.visible_people(viewer).select_related("organisation", "site", "merged_into")
    return one(rows, public_id=public_id)


def _to_survivor(viewer: Viewer, row: Person | Organisation) -> HttpResponse:
    survivor = queries.survivor_of(row)
    if isinstance(survivor, Person):
        seen = policies.visible_people(viewer).filter(pk=survivor.pk).exists()
        address = reverse("accounts:person", args=[survivor.public_id])
    else:
        seen = policies.visible_organisations(viewer).filter(pk=survivor.pk).exists()
        address = reverse("accounts:organisation", args=[survivor.public_id])
    if not seen:
        raise NotFound
    return redirect(address)


def person_page(
    request: HttpRequest,
    row: Person,
    *,
    contact: ContactForm | None = None,
    notes: NotesForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """Answer with the page of a person, with the forms that were sent where something is wrong with them."""
    viewer = viewer_of(request)
    editable = policies.can_edit_person(viewer, row)
    context = {
        "person": row,
        "kind": str(labels.PERSON_KINDS[row.kind]),
        "channel": str(labels.PREFERRED_CHANNELS[row.preferred_channel]) if row.preferred_channel else "",
        "points": [_shown(point) for point in row.contact_points.all()],
        "roles": _roles(row),
        "teams": list(row.memberships.select_related("team").order_by("team__sort_name")),
        "panels": collect("person.page", viewer, [row])[row.pk],
        "side_panels": collect("person.side", viewer, [row])[row.pk],
        "happened": queries.history(Subject("person", row.pk)),
        "merges": queries.merges_of("person", row.pk, timezone.now()) if editable else [],
        "similar": queries.duplicates_of(viewer, row) if editable else [],
        "contact_form": contact or ContactForm(prefix="new"),
        "notes_form": notes or NotesForm(initial=NotesForm.of(row)),
        "can": {"edit": editable, "administer": policies.can_administer(viewer)},
    }
    return page(request, "accounts/person.html", context, status=status)


def _shown(point: ContactPoint) -> dict[str, object]:
    is_address = point.kind == ContactKind.EMAIL
    return {
        "point": point,
        "kind": str(labels.CONTACT_KINDS[point.kind]),
        "text": point.text,
        "href": f"mailto:{point.value}" if is_address else f"tel:{point.normalised}",
    }


def _roles(row: Person) -> list[str]:
    return [str(labels.ROLES[code]) for code in dict.fromkeys(row.grants.values_list("role", flat=True))]


@require_safe
def organisation(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Facts, sites, people, and what other domains know; an alias leads to who remains."""
    viewer = viewer_of(request)
    policies.require(policies.is_agent(viewer))
    rows = policies.visible_organisations(viewer).select_related("parent", "merged_into")
    row = one(rows, public_id=public_id)
    if row.merged_into_id is not None:
        return _to_survivor(viewer, row)
    seen = policies.visible_people(viewer).filter(organisation=row, is_active=True)
    people = list(seen.prefetch_related("contact_points")[: PEOPLE_SHOWN + 1])
    contacts = seen.filter(grants__role=Role.CUSTOMER_CONTACT, grants__organisation=row)
    administers = policies.can_administer(viewer)
    context = {
        "organisation": row,
        "kind": str(labels.ORGANISATION_KINDS[row.kind]),
        "domains": list(row.domains.all()),
        "sites": list(row.sites.filter(is_active=True)),
        "children": list(policies.visible_organisations(viewer).filter(parent=row, is_active=True)[:20]),
        "people": [(one_of, _reach(one_of)) for one_of in people[:PEOPLE_SHOWN]],
        "more_people": len(people) > PEOPLE_SHOWN,
        "contacts": [
            (one_of, _reach(one_of)) for one_of in contacts.distinct().prefetch_related("contact_points")
        ],
        "panels": collect("organisation.page", viewer, [row])[row.pk],
        "side_panels": collect("organisation.side", viewer, [row])[row.pk],
        "happened": queries.history(Subject("organisation", row.pk)),
        "merges": queries.merges_of("organisation", row.pk, timezone.now()) if administers else [],
        "can": {"edit": administers},
    }
    return page(request, "accounts/organisation.html", context)


def _reach(person: Person) -> list[dict[str, object]]:
    """The preferred address and number of a person whose points are loaded."""
    return [_shown(point) for point in person.contact_points.all() if point.is_primary]
