"""Errors of intake, each with a stable code."""

from django.utils.translation import gettext_lazy as _

from leitstelle.kernel.errors import Conflict, DomainError, InvalidInput


class NotInQuarantine(Conflict):
    """Somebody else has decided about this mail meanwhile."""

    code = "not_in_quarantine"
    default_message = _("This mail is no longer in quarantine.")


class NoMailbox(DomainError):
    """No mailbox is set up for any recipient of a mail."""

    code = "no_mailbox"
    status = 422
    default_message = _("No mailbox is set up for this recipient.")


class NotAnAddress(InvalidInput):
    """The address of a mailbox is none."""

    code = "not_an_address"
    default_message = _("This is not a mail address.")


class AddressInUse(Conflict):
    """Another mailbox has this address."""

    code = "address_in_use"
    default_message = _("Another mailbox has this address.")


class GuestLinkExpired(DomainError):
    """The link of a guest's mail is no longer of use."""

    code = "guest_link_expired"
    status = 410
    default_message = _("This link is no longer valid. Please report the problem again.")
