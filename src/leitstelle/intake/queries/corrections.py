"""Where a mail goes because somebody corrected an earlier one."""

from collections.abc import Collection

from leitstelle.intake.choices import CorrectionKind
from leitstelle.intake.models import MailCorrection
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.queries import living

LOOKED_AT = 20


def corrected_to(sender: str, found: int | None, ids: Collection[str]) -> Ticket | None:
    """Return the ticket a mail of `sender` belongs to by correction, where other evidence leads to `found`.

    The newest correction counts, of a mail of the same sender that bears or names one of `ids`.
    """
    if not sender or not ids:
        return None
    moved = MailCorrection.objects.filter(
        sender=sender.lower(), kind__in=(CorrectionKind.MOVED, CorrectionKind.OWN_TICKET)
    )
    wanted = set(ids)
    for row in moved.select_related("after__merged_into").order_by("-at", "-pk")[:LOOKED_AT]:
        if row.after is not None and wanted & set(row.ids):
            target = living(row.after)
            return target if target.pk != found else None
    return None
