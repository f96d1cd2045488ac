"""Automatic mail that was stopped because machines answered each other: what administrators see of it."""

from typing import Any

from leitstelle.kernel.mail.queries import stopped_loops
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.policies import visible_tickets

_SHOWN = 10


def stopped_mail(viewer: Viewer) -> dict[str, Any]:
    """How many there are, and the newest with their recipients and the ticket, where the viewer may see it."""
    found = stopped_loops()
    mails = list(found.prefetch_related("recipients")[:_SHOWN])
    about = {mail.pk: mail.subject_id for mail in mails if mail.subject_kind == "ticket" and mail.subject_id}
    tickets = (
        {ticket.pk: ticket for ticket in visible_tickets(viewer).filter(pk__in=about.values())}
        if about
        else {}
    )
    rows = [
        (
            mail,
            ", ".join(row.address for row in mail.recipients.all()),
            tickets.get(about.get(mail.pk, 0)),
        )
        for mail in mails
    ]
    return {"count": found.count() if mails else 0, "rows": rows}
