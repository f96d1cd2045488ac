"""Sentences about vendors and contracts that several places say."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from leitstelle.contracts.choices import PatternProblem, Standing

MISSING_NAME = _("Please give a name.")
NAME_TAKEN = _("A vendor of this name exists already.")
NO_ADDRESS = _("“%(value)s” is not a mail address.")
NO_DOMAIN = _("“%(value)s” is not a mail domain.")
OWN_DOMAIN = _("“%(value)s” is a domain of your own people. A vendor needs one of its own.")
PUBLIC_DOMAIN = _("Everybody can have an address at “%(value)s”, so it tells nobody apart.")
ENDS_BEFORE_IT_BEGINS = _("The contract ends before it begins.")
NOTHING_PROMISED = _("Please give a time for the first answer or for the solution.")
NOT_A_TIME = _("Please give hours between 0.1 and 9999.")
PATTERN_PROBLEM: dict[str, str | Promise] = {
    PatternProblem.TOO_MANY: _("These are too many patterns. 10 are possible."),
    PatternProblem.TOO_LONG: _("“%(value)s” is too long. 80 characters are possible."),
    PatternProblem.NOT_REGULAR: _("“%(value)s” is not a regular expression."),
    PatternProblem.TOO_LOOSE: _("“%(value)s” is too loose: give each repetition an end, such as {6,10}."),
    PatternProblem.TOO_SHORT: _("“%(value)s” fits too much: a number has at least four characters."),
    PatternProblem.NOT_ALLOWED: _("“%(value)s” looks ahead, behind or back, which is not possible here."),
}
STANDING: dict[str, str | Promise] = {
    Standing.RUNNING: _("running"),
    Standing.PAUSED: _("waits for us"),
    Standing.OVERDUE: _("overdue"),
    Standing.KEPT: _("kept"),
    Standing.MISSED: _("missed"),
    Standing.LEFT: _("withdrawn"),
}
MISSING_NUMBER = _("Please give the number of the contract.")
CONTRACTS_OVERLAP = _(
    "Contract %(other)s covers the same from %(begin)s until %(end)s: nobody could say which of the two counts. End it "
    "first, or choose other days or other services."
)
OPEN_END = _("further notice")
