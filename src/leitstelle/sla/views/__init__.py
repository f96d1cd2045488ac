"""Pages of agreements and clocks."""

from leitstelle.sla.views.agreements import (
    agreement_detail,
    agreement_list,
    agreement_standing,
    agreement_which,
)
from leitstelle.sla.views.editing import agreement_edit, agreement_name, agreement_new
from leitstelle.sla.views.tickets import correct_cause, give_workaround, ticket_deadlines
from leitstelle.sla.views.what_if import what_if

__all__ = [
    "agreement_detail",
    "agreement_edit",
    "agreement_list",
    "agreement_name",
    "agreement_new",
    "agreement_standing",
    "agreement_which",
    "correct_cause",
    "give_workaround",
    "ticket_deadlines",
    "what_if",
]
