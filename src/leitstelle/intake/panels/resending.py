"""Below a message that did not arrive: another try, and what stands against it."""

from collections.abc import Sequence

from leitstelle.accounts.policies import can_edit_person, may_write
from leitstelle.intake.queries.resending import not_arrived, suspended_among
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import Panel, fill
from leitstelle.tickets.models import Message


@fill("message.footer", order=10)
def send_again_panel(viewer: Viewer, messages: Sequence[Message]) -> dict[int, Panel]:
    """Return a button for each message that did not arrive; agents only. No query where all arrived, else one."""
    failed = not_arrived(messages) if viewer.is_agent and may_write(viewer) else {}
    if not failed:
        return {}
    suspended = {
        point.normalised: point for point in suspended_among({a for row in failed.values() for a in row})
    }
    found = {}
    for message in messages:
        if message.pk in failed:
            points = [suspended[a.lower()] for a in failed[message.pk] if a.lower() in suspended]
            context = {
                "message_id": message.public_id,
                "suspended": [point.value for point in points],
                "may_clear": all(can_edit_person(viewer, point.person) for point in points),
            }
            found[message.pk] = Panel("intake/_send_again.html", context)
    return found
