"""Whether a mail comes of something that happened before the desk was restored, and so may have been sent already."""

from leitstelle.kernel.events import Event
from leitstelle.kernel.events.subscriptions import current_cause
from leitstelle.kernel.mail.models import RestoreMark

# Mail accepted → ticket opened → acknowledgement: chains are short, and a loop would be a mistake elsewhere.
_LINKS = 10


def stems_from_before_restore() -> bool:
    """Whether the event being handled, or one that caused it, lies before the latest restore."""
    cause = current_cause()
    if cause is None:
        return False
    last = RestoreMark.objects.order_by("-pk").values_list("event_id", flat=True).first()
    if last is None:
        return False
    event_id: int | None = cause.event_id
    for _link in range(_LINKS):
        if event_id is None or event_id <= last:
            break
        event_id = Event.objects.filter(pk=event_id).values_list("cause_id", flat=True).first()
    return event_id is not None and event_id <= last
