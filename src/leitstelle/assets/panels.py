"""Where devices appear in the frame and on pages of people and organisations, and how their events read."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from leitstelle.accounts.models import Organisation, Person
from leitstelle.assets import labels, policies, queries
from leitstelle.assets.choices import GONE
from leitstelle.assets.models import Asset
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import (
    Command,
    Link,
    PaletteHit,
    PaletteSearch,
    Panel,
    fill,
    linker,
    register_command,
    register_nav,
    register_palette_search,
)
from leitstelle.kernel.web.sentences import register_sentence

SHOWN = 10


def _agent(viewer: Viewer) -> bool:
    return viewer.is_agent


register_nav("devices", gettext_lazy("Devices"), "assets:list", "devices", 40, _agent)
register_nav(
    "portal.devices",
    gettext_lazy("My devices"),
    "assets:own",
    "devices",
    40,
    lambda viewer: viewer.person_id is not None,
    area="portal",
)
register_command(
    Command("device.new", gettext_lazy("New device"), "assets:new", "plus", 40, shows=policies.can_add_asset)
)


def _find(viewer: Viewer, typed: str, limit: int) -> list[PaletteHit]:
    rows = queries.matching(policies.visible_assets(viewer), typed).exclude(status__in=GONE)
    return [
        PaletteHit(
            asset.name,
            reverse("assets:device", args=[asset.public_id]),
            asset.kind.icon,
            asset.organisation.name if asset.organisation else "",
        )
        for asset in rows.select_related("kind", "organisation")[:limit]
    ]


register_palette_search(PaletteSearch("devices", gettext_lazy("Devices"), 40, find=_find, shows=_agent))


@linker("asset")
def device_links(viewer: Viewer, ids: Sequence[int]) -> dict[int, Link]:
    """Agents reach the page of every device they see."""
    if not viewer.is_agent:
        return {}
    rows = policies.visible_assets(viewer).filter(pk__in=ids)
    return {row.pk: Link(reverse("assets:device", args=[row.public_id]), row.name) for row in rows}


@fill("person.side", order=30)
def devices_of_person(viewer: Viewer, people: Sequence[Person]) -> dict[int, Panel]:
    """Show what a person works with on their page."""
    found = queries.devices_of(viewer, [person.pk for person in people])
    add = policies.can_add_asset(viewer)
    return {
        person.pk: Panel(
            "assets/_of_person.html", {**_shown(found[person.pk]), "person": person, "can_add": add}
        )
        for person in people
    }


@fill("organisation.side", order=40)
def devices_of_organisation(viewer: Viewer, organisations: Sequence[Organisation]) -> dict[int, Panel]:
    """Show the first devices of an organisation on its page, and the way to all."""
    add = policies.can_add_asset(viewer)
    panels = {}
    for organisation in organisations:
        rows = policies.visible_assets(viewer).filter(organisation=organisation).exclude(status__in=GONE)
        found = list(rows.select_related("kind", "site")[: SHOWN + 1])
        context = {**_shown(found[:SHOWN]), "more": len(found) > SHOWN, "can_add": add}
        panels[organisation.pk] = Panel(
            "assets/_of_organisation.html", {**context, "organisation": organisation}
        )
    return panels


def _shown(assets: Sequence[Asset]) -> dict[str, object]:
    return {"rows": [(asset, labels.name_of(asset.kind), labels.STATUS[asset.status]) for asset in assets]}


Words = Callable[[Mapping[str, Any]], str]


def _added(data: Mapping[str, Any]) -> str:
    return _("added the device")


def _changed(data: Mapping[str, Any]) -> str:
    count = len(data["fields"])
    return ngettext("changed %(count)s detail", "changed %(count)s details", count) % {"count": count}


def _handed(data: Mapping[str, Any]) -> str:
    if data["is_main"]:
        return _("gave the device to %(person)s") % {"person": data.get("person", "")}
    return _("let %(person)s use the device too") % {"person": data.get("person", "")}


def _taken(data: Mapping[str, Any]) -> str:
    return _("took the device back from %(person)s") % {"person": data.get("person", "")}


def _retired(data: Mapping[str, Any]) -> str:
    return _("retired the device")


def _returned(data: Mapping[str, Any]) -> str:
    return _("put the device back in stock")


_SENTENCES: tuple[tuple[str, str, Words], ...] = (
    ("asset.added", "plus", _added),
    ("asset.changed", "edit", _changed),
    ("asset.handed_over", "user-check", _handed),
    ("asset.taken_back", "arrow-back-up", _taken),
    ("asset.retired", "archive", _retired),
    ("asset.returned", "rotate", _returned),
)
for _code, _icon, _words in _SENTENCES:
    register_sentence(_code, _icon)(_words)
