"""What accounts brings to the kernel: who sends a request, links, menu entries, administration pages."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from leitstelle.accounts import actions, labels, policies, queries
from leitstelle.accounts.choices import Density, Theme
from leitstelle.accounts.models import Person
from leitstelle.kernel.search import sort_key
from leitstelle.kernel.viewer import Hat, Viewer, register_resolver, register_token_resolver
from leitstelle.kernel.web import (
    AdminSection,
    Command,
    Link,
    PaletteHit,
    PaletteSearch,
    linker,
    register_admin_section,
    register_command,
    register_nav,
    register_palette_search,
)
from leitstelle.kernel.web.language import register_language_keeper
from leitstelle.kernel.web.sentences import register_sentence
from leitstelle.kernel.web.shell import PORTAL_PREFIX, register_brand
from leitstelle.kernel.web.single_keys import register_keys_keeper


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
    _change_profile(viewer, language=code)


@register_keys_keeper
def keep_single_keys(viewer: Viewer, on: bool) -> None:
    """Remember whether a person uses keys without Ctrl."""
    _change_profile(viewer, single_keys=on)


def _change_profile(viewer: Viewer, **change: Any) -> None:
    """Change one preference of whoever is signed in; nothing happens where it is so already."""
    person = Person.objects.filter(pk=viewer.person_id or 0).first()
    if person is None or all(getattr(person, name) == value for name, value in change.items()):
        return
    now = actions.ProfileInput(
        language=person.language,
        time_zone=person.time_zone,
        theme=Theme(person.theme),
        density=Density(person.density),
        single_keys=person.single_keys,
    )
    own = queries.viewer_for(person, viewer.hat)
    actions.change_profile(person, replace(now, **change), by=own, now=timezone.now())


@register_brand
def brand_of(request: HttpRequest) -> str:
    """What the portal calls itself for whoever asks; empty where nobody named it."""
    user = getattr(request, "user", None)
    return queries.brand_for(user.organisation_id if isinstance(user, Person) else None)


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


def _find_organisations(viewer: Viewer, typed: str, limit: int) -> list[PaletteHit]:
    rows = policies.visible_organisations(viewer).filter(is_active=True)
    for word in typed.split()[:5]:
        rows = rows.filter(sort_name__contains=sort_key(word))
    return [
        PaletteHit(row.name, reverse("accounts:organisation", args=[row.public_id]), "building")
        for row in rows.order_by("sort_name", "pk")[:limit]
    ]


register_palette_search(
    PaletteSearch("organisations", _("Customers"), 35, find=_find_organisations, shows=policies.is_agent)
)


def _signed_in(viewer: Viewer) -> bool:
    return viewer.person_id is not None


register_nav("profile", _("Profile"), "accounts:profile", "user", 10, _signed_in, area="user")
register_nav("tokens", _("API tokens"), "accounts:tokens", "key", 20, policies.is_agent, area="user")

_HOUSE = _("House")
register_admin_section(
    AdminSection(
        "house",
        _("Company and portal"),
        "accounts:admin-house",
        "building",
        _HOUSE,
        2,
        description=_("Names in the portal and in mails, language and time zone of new people"),
        shows=policies.can_administer,
    )
)
_PEOPLE = _("People and teams")
register_admin_section(
    AdminSection(
        "invitations",
        _("Invitations"),
        "accounts:admin-invitations",
        "send",
        _PEOPLE,
        15,
        description=_("People who are to work at the desk and have no password yet"),
        shows=policies.can_administer,
    )
)
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


# --- how events of people and customers read in their timelines -------------------------------------------------

Words = Callable[[Mapping[str, Any]], str]


def _says(sentence: Promise) -> Words:
    return lambda data: str(sentence)


def _changed(data: Mapping[str, Any]) -> str:
    names = dict.fromkeys(str(labels.FIELDS[name]) for name in data["fields"] if name in labels.FIELDS)
    return (
        gettext("changed: %(fields)s") % {"fields": ", ".join(names)} if names else gettext("changed details")
    )


def _contact(verb: Promise) -> Words:
    return lambda data: str(verb) % {"kind": labels.CONTACT_KINDS[data["kind"]]}


def _role(verb: Promise) -> Words:
    return lambda data: str(verb) % {"role": labels.ROLES[data["role"]]}


def _with_other(verb: Promise) -> Words:
    return lambda data: str(verb) % {"other": data.get("other") or gettext("another entry")}


_SENTENCES: tuple[tuple[str, str, Words], ...] = (
    ("person.created", "user-plus", _says(_("entered this person"))),
    ("person.changed", "edit", _changed),
    ("person.deactivated", "lock", _says(_("deactivated this person"))),
    ("person.reactivated", "user-check", _says(_("reactivated this person"))),
    ("person.contact_point_added", "plus", _contact(_("added: %(kind)s"))),
    ("person.contact_point_removed", "trash", _contact(_("removed: %(kind)s"))),
    ("person.contact_point_verified", "check", _says(_("confirmed an address"))),
    ("person.primary_contact_point_chosen", "star", _contact(_("chose as preferred: %(kind)s"))),
    ("person.contact_point_suspended", "alert-triangle", _says(_("stopped writing to an address"))),
    ("person.contact_point_resumed", "mail", _says(_("writes to an address again"))),
    ("person.account_claimed", "key", _says(_("set up a sign-in"))),
    ("person.invited", "send", _says(_("invited this person to the desk"))),
    ("person.invitation_withdrawn", "x", _says(_("withdrew the invitation"))),
    ("person.invitation_accepted", "key", _says(_("chose a password by the invitation"))),
    ("person.role_granted", "shield-check", _role(_("gave the role %(role)s"))),
    ("person.role_revoked", "x", _role(_("took away the role %(role)s"))),
    ("person.merged", "git-merge", _with_other(_("merged %(other)s into this entry"))),
    ("person.merged_away", "git-merge", _with_other(_("merged this entry into %(other)s"))),
    ("person.merge_undone", "rotate", _with_other(_("separated %(other)s from this entry again"))),
    ("person.restored", "rotate", _with_other(_("separated this entry from %(other)s again"))),
    ("organisation.created", "plus", _says(_("entered this customer"))),
    ("organisation.changed", "edit", _changed),
    ("organisation.deactivated", "lock", _says(_("deactivated this customer"))),
    ("organisation.reactivated", "check", _says(_("reactivated this customer"))),
    ("organisation.site_saved", "map-pin", _says(_("saved a site"))),
    ("organisation.site_removed", "map-pin", _says(_("removed a site"))),
    ("organisation.merged", "git-merge", _with_other(_("merged %(other)s into this entry"))),
    ("organisation.merged_away", "git-merge", _with_other(_("merged this entry into %(other)s"))),
    ("organisation.merge_undone", "rotate", _with_other(_("separated %(other)s from this entry again"))),
    ("organisation.restored", "rotate", _with_other(_("separated this entry from %(other)s again"))),
)
for _code, _icon, _words in _SENTENCES:
    register_sentence(_code, _icon)(_words)

register_command(
    Command(
        "duplicates",
        _("Find duplicate people"),
        "accounts:duplicates",
        "git-merge",
        90,
        shows=policies.can_create_person,
    )
)
