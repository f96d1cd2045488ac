"""Setting up where people chat: administrators only."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from leitstelle.accounts.models import Team
from leitstelle.calendars.models import ServiceCalendar
from leitstelle.catalog.models import Category
from leitstelle.intake.actions.settings import need_administrator
from leitstelle.intake.errors import ChatDoorNameTaken, NotAnOrigin
from leitstelle.intake.events import ChatDoorChanged, ChatDoorCreated
from leitstelle.intake.models import ChatDoor
from leitstelle.intake.rules.chat import read_origins
from leitstelle.kernel.events import Subject, record, unit
from leitstelle.kernel.versioned import change_row
from leitstelle.kernel.viewer import Viewer


@dataclass(frozen=True, kw_only=True)
class ChatDoorInput:
    """The settings of a chat; `origins` are the sites that may show it, one a line."""

    name: str
    team: Team | None = None
    category: Category | None = None
    calendar: ServiceCalendar | None = None
    origins: str = ""
    greeting_de: str = ""
    greeting_en: str = ""
    per_agent: int = 3
    offers_guides: bool = True
    guides: str = ""
    asks_who: bool = True
    in_portal: bool = False
    is_active: bool = True


@unit()
def create_chat_door(new: ChatDoorInput, *, by: Viewer, now: datetime) -> ChatDoor:
    """Add a chat. Administrators. Records `ChatDoorCreated`.

    Raises `NotAllowed`, `ChatDoorNameTaken`, `NotAnOrigin`.
    """
    need_administrator(by)
    try:
        with transaction.atomic():
            door = ChatDoor.objects.create(created_at=now, **_columns(new))
    except IntegrityError as error:
        raise ChatDoorNameTaken(fields={"name": ChatDoorNameTaken.default_message}) from error
    record(ChatDoorCreated(), subject=_subject(door), actor=by.actor, at=now)
    return door


@unit()
def change_chat_door(
    door: ChatDoor, new: ChatDoorInput, *, version: int, by: Viewer, now: datetime
) -> ChatDoor:
    """Change a chat. Administrators. Records `ChatDoorChanged` where something did.

    Raises `NotAllowed`, `ChatDoorNameTaken`, `NotAnOrigin`, `Conflict` where somebody else changed it meanwhile.
    """
    need_administrator(by)
    values = _columns(new)
    try:
        changed = change_row(door, values, version=version)
    except IntegrityError as error:
        raise ChatDoorNameTaken(fields={"name": ChatDoorNameTaken.default_message}) from error
    if not changed:
        return door
    record(ChatDoorChanged(fields=changed), subject=_subject(door), actor=by.actor, at=now)
    return ChatDoor.objects.get(pk=door.pk)


def _columns(new: ChatDoorInput) -> dict[str, object]:
    values = {name: getattr(new, name) for name in new.__dataclass_fields__}
    try:
        values["origins"] = "\n".join(read_origins(new.origins))
    except ValueError as error:
        raise NotAnOrigin(value=str(error), fields={"origins": NotAnOrigin.default_message}) from error
    return values


def _subject(door: ChatDoor) -> Subject:
    return Subject("chat_door", door.pk)
