"""Refused intents of triage."""

from django.utils.translation import gettext_lazy as _

from leitstelle.kernel.errors import DomainError, InvalidInput


class TrainingRuns(DomainError):
    code = "training_runs"
    default_message = _("A training is under way already.")


class AlreadyAnswered(DomainError):
    code = "proposal_answered"
    default_message = _("This proposal was answered already.")


class NoTrigger(InvalidInput):
    default_message = _("Please say when the rule looks at tickets.")


class NoOutcome(InvalidInput):
    default_message = _("This rule would do nothing. Please choose what it sets.")


class UnknownValue(InvalidInput):
    default_message = _("This value does not exist, or is not in use any more.")


class NotOfTeam(InvalidInput):
    default_message = _("This person does not work in the chosen team.")


class RuleNeverHolds(InvalidInput):
    """`column`: where the conditions contradict each other."""

    default_message = _("No ticket can meet these conditions: they contradict each other at “%(column)s”.")


class RulesLoop(InvalidInput):
    """`rules`: those it would go round with."""

    default_message = _(
        "This rule and %(rules)s would undo each other again and again. Please change one of them first."
    )


class TooManyRules(InvalidInput):
    """`most`: how many rules are possible."""

    default_message = _("There are %(most)s rules already. Please delete one first.")


class NothingWaits(DomainError):
    code = "nothing_waits"
    default_message = _("Nothing waits in your teams.")


class TooManyOpen(DomainError):
    """`count` and `limit`: open tickets the person has, and may have."""

    code = "too_many_open"
    default_message = _("You have %(count)s open tickets; the limit is %(limit)s.")


class AbsenceBackwards(InvalidInput):
    default_message = _("The last day must not be before the first, nor more than three years after it.")


class AbsenceOverlaps(InvalidInput):
    default_message = _("The person is away on some of these days already.")


class DeputyNotPossible(InvalidInput):
    default_message = _("This person cannot stand in: somebody else on the desk who is there is needed.")
