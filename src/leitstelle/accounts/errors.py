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


class MergeOfOne(InvalidInput):
    """Both sides of a merge are the same record."""

    code = "merge_of_one"
    default_message = _("These two are the same entry already.")


class AlreadyMerged(Conflict):
    """One of the two became an alias in the meantime."""

    code = "already_merged"
    default_message = _("One of the two has already been merged with another entry.")


class WrongDirection(Conflict):
    """The other one has to remain: roles and the tree of organisations stay where they are."""

    code = "wrong_direction"
    default_message = _("These two can only be merged the other way round: the other entry must remain.")


class UndoneAlready(Conflict):
    """Somebody has taken this merge back."""

    code = "undone_already"
    default_message = _("This merge has already been undone.")


class UndoTooLate(Conflict):
    """The time in which a merge can be taken back is over."""

    code = "undo_too_late"
    default_message = _("The time in which this merge could be undone is over.")


class MergedFurther(Conflict):
    """The survivor was merged itself; that one has to be taken back first."""

    code = "merged_further"
    default_message = _("The entry that remained has itself been merged since. Please undo that merge first.")


class TeamHasWork(DomainError):
    code = "team_has_work"
    default_message = _(
        "%(count)s open tickets are with this team. Please give them to another team first, so that none is stranded."
    )
