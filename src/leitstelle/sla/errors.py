"""Refusals of the sla domain, each with a stable code."""

from django.utils.translation import gettext_lazy as _

from leitstelle.kernel.errors import Conflict, InvalidInput


class AgreementOverlaps(Conflict):
    """Two agreements for exactly the same: nobody could say which applies."""

    code = "agreement_overlaps"
    default_message = _(
        "“%(name)s” would be for exactly the same tickets as “%(other)s” (%(scope)s): nobody could say which of the "
        "two applies. Change or end “%(other)s”, or name something more specific."
    )


class ValidInThePast(InvalidInput):
    """A version would change what was already promised and measured."""

    code = "agreement_valid_in_the_past"
    default_message = _("A new version cannot hold from a moment in the past.")


class HouseAgreementStays(Conflict):
    """Without it, tickets of whoever has no agreement of their own would have no deadlines at all."""

    code = "agreement_of_the_house"
    default_message = _(
        "The agreement for everything stays: change it, or make one for something more specific."
    )


class AlreadyGiven(Conflict):
    """The requester has a workaround, or the ticket has no clock for one."""

    code = "workaround_already_given"
    default_message = _("This ticket is not waiting for a workaround.")


class NotMissed(Conflict):
    """Only a missed target has a cause."""

    code = "target_not_missed"
    default_message = _("This target was not missed.")


class NothingPromised(InvalidInput):
    """An agreement without any target would take deadlines away from the tickets it is for."""

    code = "agreement_empty"
    default_message = _("Please promise something: at least one target.")
