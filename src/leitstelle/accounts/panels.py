"""What accounts brings to the kernel: who sends a request, links, menu entries, administration pages."""

from collections.abc import Sequence

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from leitstelle.accounts import actions, policies, queries
from leitstelle.accounts.choices import Density, Theme
from leitstelle.accounts.models import Person
from leitstelle.kernel.viewer import Hat, Viewer, register_resolver, register_token_resolver
from leitstelle.kernel.web import (
    AdminSection,
    Link,
    PaletteHit,
    PaletteSearch,
    linker,
    register_admin_section,
    register_nav,
    register_palette_search,
)
from leitstelle.kernel.web.language import register_language_keeper
from leitstelle.kernel.web.shell import PORTAL_PREFIX


@register_resolver
def viewer_of_session(request: HttpRequest) -> Viewer | None:
    """Who is signed in; in the portal always as requester, elsewhere with the rights of an agent, if any."""
    user = getattr(request, "user", None)
    if not isinstance(user, Person):
        return None
    in_portal = request.path.startswith(PORTAL_PREFIX)
    return queries.viewer_for(user, Hat.REQUESTER if in_portal else Hat.AGENT)


@register_token_resolver
def viewer_of_token(request: HttpRequest, text: str) -> Viewer | None:
    """Whose token it is, with its scopes; `None` for unknown, expired and revoked ones."""
    now = timezone.now()
    token = queries.token_for(text, now=now)
    if token is None:
        return None
    actions.note_token_use(token, now=now)
    return queries.viewer_for_token(token)


@register_language_keeper
def keep_language(viewer: Viewer, code: str) -> None:
    """Remember the language a person chose in the menu."""
    person = Person.objects.filter(pk=viewer.person_id or 0).first()
    if person is not None and person.language != code:
        own = queries.viewer_for(person, viewer.hat)
        new = actions.ProfileInput(
            language=code,
            time_zone=person.time_zone,
            theme=Theme(person.theme),
            density=Density(person.density),
            single_keys=person.single_keys,
        )
        actions.change_profile(person, new, by=own, now=timezone.now())


@linker("person")
def person_links(viewer: Viewer, ids: Sequence[int]) -> dict[int, Link]:
    """Agents reach the page of everybody they see; requesters reach no such page."""
    if not policies.is_agent(viewer):
        return {}
    people = policies.visible_people(viewer).filter(pk__in=ids)
    return {
        person.pk: Link(reverse("accounts:person", args=[person.public_id]), person.display_name)
        for person in people
    }


@linker("organisation")
def organisation_links(viewer: Viewer, ids: Sequence[int]) -> dict[int, Link]:
    """Agents reach the page of every organisation they see."""
    if not policies.is_agent(viewer):
        return {}
    rows = policies.visible_organisations(viewer).filter(pk__in=ids)
    return {row.pk: Link(reverse("accounts:organisation", args=[row.public_id]), row.name) for row in rows}


def _find_people(viewer: Viewer, typed: str, limit: int) -> list[PaletteHit]:
    rows = policies.visible_people(viewer).filter(is_active=True).select_related("organisation")
    return [
        PaletteHit(
            person.display_name,
            reverse("accounts:person", args=[person.public_id]),
            "user",
            person.organisation.name if person.organisation else "",
        )
        for person in queries.people_matching(rows, typed)[:limit]
    ]


register_palette_search(PaletteSearch("people", _("People"), 30, find=_find_people, shows=policies.is_agent))


def _signed_in(viewer: Viewer) -> bool:
    return viewer.person_id is not None


register_nav("profile", _("Profile"), "accounts:profile", "user", 10, _signed_in, area="user")
register_nav("tokens", _("API tokens"), "accounts:tokens", "key", 20, policies.is_agent, area="user")

_PEOPLE = _("People and teams")
register_admin_section(
    AdminSection(
        "people",
        _("People"),
        "accounts:admin-people",
        "users",
        _PEOPLE,
        10,
        description=_("Names, addresses, numbers, roles and what they reach"),
        shows=policies.can_administer,
    )
)
register_admin_section(
    AdminSection(
        "organisations",
        _("Customers"),
        "accounts:admin-organisations",
        "building",
        _PEOPLE,
        20,
        description=_("Customers and departments with their mail domains and sites"),
        shows=policies.can_administer,
    )
)
register_admin_section(
    AdminSection(
        "teams",
        _("Teams"),
        "accounts:admin-teams",
        "user-check",
        _PEOPLE,
        30,
        description=_("Who works together, on which level, and who leads"),
        shows=policies.can_administer,
    )
)
register_admin_section(
    AdminSection(
        "levels",
        _("Levels"),
        "accounts:admin-levels",
        "stairs-up",
        _PEOPLE,
        40,
        description=_("Three levels, Frontdesk and Backdesk, or your own"),
        shows=policies.can_administer,
    )
)
