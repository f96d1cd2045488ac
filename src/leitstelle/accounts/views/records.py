"""What agents see of a person and of an organisation; higher domains add panels (`person.page`)."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from leitstelle.accounts import labels, policies, rules
from leitstelle.accounts.choices import ContactKind
from leitstelle.accounts.models import ContactPoint, Person
from leitstelle.accounts.views.finding import one
from leitstelle.kernel.web import collect, page, viewer_of


@require_safe
def person(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Facts, addresses, numbers, and what other domains know."""
    viewer = viewer_of(request)
    policies.require(policies.is_agent(viewer))
    rows = policies.visible_people(viewer).select_related("organisation", "site")
    row = one(rows, public_id=public_id)
    context = {
        "person": row,
        "kind": str(labels.PERSON_KINDS[row.kind]),
        "points": [_shown(point) for point in row.contact_points.all()],
        "roles": _roles(row),
        "teams": list(row.memberships.select_related("team").order_by("team__sort_name")),
        "panels": collect("person.page", viewer, [row])[row.pk],
        "can": {"edit": policies.can_edit_person(viewer, row)},
    }
    return page(request, "accounts/person.html", context)


def _shown(point: ContactPoint) -> dict[str, object]:
    is_address = point.kind == ContactKind.EMAIL
    return {
        "point": point,
        "kind": str(labels.CONTACT_KINDS[point.kind]),
        "text": point.value if is_address else rules.format_phone(point.normalised),
        "href": f"mailto:{point.value}" if is_address else f"tel:{point.normalised}",
    }


def _roles(row: Person) -> list[str]:
    return [str(labels.ROLES[code]) for code in dict.fromkeys(row.grants.values_list("role", flat=True))]


@require_safe
def organisation(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Facts, sites, people, and what other domains know."""
    viewer = viewer_of(request)
    policies.require(policies.is_agent(viewer))
    row = one(policies.visible_organisations(viewer).select_related("parent"), public_id=public_id)
    context = {
        "organisation": row,
        "kind": str(labels.ORGANISATION_KINDS[row.kind]),
        "domains": list(row.domains.all()),
        "sites": list(row.sites.filter(is_active=True)),
        "people": list(policies.visible_people(viewer).filter(organisation=row, is_active=True)[:100]),
        "panels": collect("organisation.page", viewer, [row])[row.pk],
        "can": {"edit": policies.can_administer(viewer)},
    }
    return page(request, "accounts/organisation.html", context)
