"""Administration of chat: who answers when, which sites show it, and the lines to put into them."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from leitstelle.accounts.policies import can_administer
from leitstelle.intake.actions.chat_doors import ChatDoorInput, change_chat_door, create_chat_door
from leitstelle.intake.forms.chat import ChatDoorForm
from leitstelle.intake.models import ChatDoor
from leitstelle.intake.policies import visible_chat_doors
from leitstelle.intake.views.portal_doors import absolute
from leitstelle.kernel.errors import NotAllowed
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import page, viewer_of
from leitstelle.kernel.web.crud import Column, Crud

PLAIN = (
    "version", "name", "origins", "greeting_de", "greeting_en", "per_agent", "asks_who", "offers_guides",
    "guides", "in_portal", "is_active",
)  # fmt: skip


def _input(data: dict[str, Any]) -> ChatDoorInput:
    return ChatDoorInput(**{name: value for name, value in data.items() if name != "version"})


def _create(viewer: Viewer, data: dict[str, Any]) -> ChatDoor:
    return create_chat_door(_input(data), by=viewer, now=timezone.now())


def _update(viewer: Viewer, door: ChatDoor, data: dict[str, Any]) -> ChatDoor:
    return change_chat_door(door, _input(data), version=data["version"] or 0, by=viewer, now=timezone.now())


doors = Crud(
    name="intake:chat-doors",
    title=gettext_lazy("Chats"),
    new=gettext_lazy("New chat"),
    form=ChatDoorForm,
    rows=lambda viewer: visible_chat_doors(viewer).select_related("team", "calendar"),
    columns=[
        Column(gettext_lazy("Name"), lambda door: door.name),
        Column(gettext_lazy("Team"), lambda door: door.team.name if door.team else "", opt=True),
        Column(
            gettext_lazy("Service hours"),
            lambda door: door.calendar.name if door.calendar else _("at any time"),
        ),
        Column(gettext_lazy("State"), lambda door: _("in use") if door.is_active else _("switched off")),
    ],
    allowed=can_administer,
    create=_create,
    update=_update,
    order=("name", "pk"),
    initial=lambda door: (
        {name: getattr(door, name) for name in PLAIN}
        | {"team": door.team_id, "category": door.category_id, "calendar": door.calendar_id}
    ),
    archived=lambda door: not door.is_active,
    beside=lambda door: [(_("Put it into a site"), reverse("intake:chat-embed", args=[door.public_id]))],
)


@require_safe
def embed(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show the line for a site, and what its content security policy must allow."""
    viewer = viewer_of(request)
    if not can_administer(viewer):
        raise NotAllowed
    door = get_object_or_404(visible_chat_doors(viewer), public_id=public_id)
    script = absolute(request, reverse("intake:chat-widget", args=[door.public_id]))
    origin = script.partition("/chat/")[0]
    context = {
        "door": door,
        "script": f'<script src="{script}" async></script>',
        "policy": f"script-src {origin}; frame-src {origin}",
    }
    return page(request, "intake/chat/embed.html", context)
