"""Past-tense facts of notifications. Subjects: the ticket, the person, the house, or the event that was told."""

from dataclasses import dataclass
from typing import ClassVar

from leitstelle.kernel.events import EventData


@dataclass(frozen=True)
class PeopleNotified(EventData):
    """`people` were told of an event; the subject (kind `told`) has its id."""

    code: ClassVar[str] = "notifications.people_notified"

    people: tuple[int, ...]


@dataclass(frozen=True)
class PeopleRemain(EventData):
    """More people are to be told of the subject (kind `told`): those with ids beyond `after`."""

    code: ClassVar[str] = "notifications.people_remain"

    after: int


@dataclass(frozen=True)
class TicketFollowed(EventData):
    code: ClassVar[str] = "notifications.ticket_followed"

    person_id: int


@dataclass(frozen=True)
class TicketUnfollowed(EventData):
    code: ClassVar[str] = "notifications.ticket_unfollowed"

    person_id: int


@dataclass(frozen=True)
class MailDropped(EventData):
    """A mail that waited was not sent; the subject (kind `told`) is the event it would have told."""

    code: ClassVar[str] = "notifications.mail_dropped"

    person_id: int
    reason: str


@dataclass(frozen=True)
class PreferencesChanged(EventData):
    """Subject: person. `fields` are the kinds and settings that changed, never their values."""

    code: ClassVar[str] = "notifications.preferences_changed"

    fields: tuple[str, ...]


@dataclass(frozen=True)
class DefaultsChanged(EventData):
    """`changes` are roles and kinds as `role:kind`."""

    code: ClassVar[str] = "notifications.defaults_changed"

    changes: tuple[str, ...]
