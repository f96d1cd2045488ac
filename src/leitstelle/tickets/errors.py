"""Refusals of the ticket core."""

from django.utils.translation import gettext_lazy as _

from leitstelle.kernel.errors import Conflict, DomainError, InvalidInput


class StepNotPossible(DomainError):
    """The status does not allow this step, or not for this person."""

    code = "step_not_possible"
    default_message = _("This step is not possible while the ticket is “%(status)s”.")


class ReasonMissing(InvalidInput):
    code = "reason_missing"
    default_message = _("Please give a reason.")


class DateMissing(InvalidInput):
    code = "date_missing"
    default_message = _("Please give a date in the future.")


class TriedMissing(InvalidInput):
    code = "tried_missing"
    default_message = _("Please write what was tried, so that nobody has to start again.")


class EmptyText(InvalidInput):
    code = "empty_text"
    default_message = _("Please write a text.")


class NoRecipient(InvalidInput):
    code = "no_recipient"
    default_message = _("There is nobody this answer could be sent to.")


class TicketChanged(Conflict):
    """Somebody changed the same group of fields; `params` hold both values by field."""

    code = "ticket_changed"
    default_message = _(
        "Somebody changed this ticket in the meantime. Please check both values and save again."
    )


class HandoverNotOpen(DomainError):
    code = "handover_not_open"
    default_message = _("This handover has already been decided.")


class NotInTeam(InvalidInput):
    code = "not_in_team"
    default_message = _("%(person)s does not work in the team %(team)s.")


class VendorStepNotPossible(DomainError):
    code = "vendor_step_not_possible"
    default_message = _("This step is not possible: the case is “%(state)s” by now.")


class VendorNotUsable(InvalidInput):
    """The vendor is no longer asked, or the contract is not theirs."""

    code = "vendor_not_usable"
    default_message = _("Please choose a vendor in use, and one of their contracts.")


class NotAnAddress(InvalidInput):
    code = "not_an_address"
    default_message = _("“%(address)s” is not a mail address.")


class TooManyRecipients(InvalidInput):
    code = "too_many_recipients"
    default_message = _("At most %(most)s recipients are possible.")


class NotForwardable(InvalidInput):
    """Notes of the team and talks with vendors do not leave the desk."""

    code = "not_forwardable"
    default_message = _("This message cannot be forwarded.")


class AlreadySent(Conflict):
    """The planned answer is not waiting any more."""

    code = "already_sent"
    default_message = _("This answer has been sent or withdrawn already.")


class NotMovable(DomainError):
    """The desk's own words, vendors' threads and the only message of a ticket stay where they are."""

    code = "not_movable"
    default_message = _("This message cannot be moved there.")


class MergeOfOne(InvalidInput):
    code = "merge_with_itself"
    default_message = _("A ticket cannot be merged with itself.")


class MergedAway(DomainError):
    """One of the two, or the ticket to act on, is an alias of another one by now."""

    code = "merged_away"
    default_message = _("This ticket has been merged into another one by now. Work goes on there.")


class MergeCircular(DomainError):
    code = "merge_circular"
    default_message = _("The other ticket has been merged into this one already.")


class MergeRefused(DomainError):
    """Something that is still going on speaks against it; the message says what."""

    code = "merge_refused"
    default_message = _("This ticket cannot be merged now.")


class AlreadyUndone(Conflict):
    code = "merge_already_undone"
    default_message = _("This merge has been undone already.")
