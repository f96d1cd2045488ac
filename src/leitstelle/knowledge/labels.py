"""Sentences of knowledge."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from leitstelle.knowledge.choices import Fault, QuestionKind

QUESTION_KIND: dict[QuestionKind, Promise] = {
    QuestionKind.CHOICE: _("One of several answers"),
    QuestionKind.YES_NO: _("Yes or no"),
    QuestionKind.TEXT: _("Free text"),
    QuestionKind.HINT: _("Hint to try"),
}
_FAULT: dict[Fault, Promise] = {
    Fault.NOT_TOML: _("The text cannot be read: %(what)s"),
    Fault.TOO_LONG: _("At most %(what)s characters are possible here."),
    Fault.MISSING: _("Something is missing here: %(what)s"),
    Fault.UNKNOWN: _("“%(what)s” is not known here."),
    Fault.NOT_TEXT: _("A text in quotation marks is needed here."),
    Fault.NOT_LIST: _("A list is needed here."),
    Fault.NOT_TABLE: _("Entries with names are needed here, in braces: %(what)s"),
    Fault.NOT_SWITCH: _("Only true or false is possible here."),
    Fault.BAD_KEY: _("A key is needed: small letters, digits, hyphen or underscore. Found: “%(what)s”."),
    Fault.DOUBLE: _("“%(what)s” exists twice."),
    Fault.NOT_OFFERED: _("Only these are possible here: %(what)s"),
    Fault.TOO_MANY: _("At most %(what)s entries are possible here."),
    Fault.TOO_FEW: _("At least %(what)s entries are needed here."),
    Fault.LEADS_NOWHERE: _("It leads to “%(what)s”, which no question is called."),
    Fault.LEADS_BACK: _(
        "It leads back to “%(what)s”. Questions lead to later ones only, so that every path ends."
    ),
}


def told(where: str, fault: Fault, what: str) -> str:
    """A problem as one sentence, with its place in front."""
    sentence = str(_FAULT[fault]) % {"what": what or "–"}
    return f"{where}: {sentence}" if where else sentence
