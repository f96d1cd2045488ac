"""Refusals of the accounts domain, each with a stable code."""

from django.utils.translation import gettext_lazy as _

from leitstelle.kernel.errors import Conflict, DomainError, InvalidInput


class AddressTaken(InvalidInput):
    """The mail address belongs to somebody else; addresses belong to one person only."""

    code = "address_taken"
    default_message = _("This address already belongs to another person.")


class DomainTaken(InvalidInput):
    """The mail domain belongs to another organisation."""

    code = "domain_taken"
    default_message = _("The domain %(domain)s already belongs to another customer.")


class LinkNotValid(DomainError):
    """A link from a mail that was used, has expired or was changed on the way."""

    code = "link_not_valid"
    status = 410
    default_message = _("This link is no longer valid. Please request a new one.")


class LastAdministrator(Conflict):
    """Nobody would be left who may administer the desk."""

    code = "last_administrator"
    default_message = _("At least one active administrator must remain.")


class StillInUse(Conflict):
    """Something still refers to it, so it can only be deactivated."""

    code = "still_in_use"
    default_message = _("This is still in use and cannot be removed.")
