"""Sentences of knowledge."""

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from leitstelle.knowledge.choices import Fault, QuestionKind

QUESTION_KIND: dict[QuestionKind, Promise] = {
    QuestionKind.CHOICE: _("One of several answers"),
    QuestionKind.YES_NO: _("Yes or no"),
    QuestionKind.TEXT: _("Free text"),
    QuestionKind.HINT: _("Hint to try"),
}
_FAULT: dict[Fault, Promise] = {
    Fault.NOT_YAML: _("The text cannot be read as YAML."),
    Fault.TAB: _("Lines are indented with spaces, not with tabs."),
    Fault.COLON: _("A text with a colon and a space needs quotation marks, or the line is indented wrongly."),
    Fault.ALIAS: _("References (& and *) are not possible in guides: write the text again."),
    Fault.TAG: _("Types (!) are not possible in guides; a text that begins with ! needs quotation marks."),
    Fault.TWICE: _("“%(what)s” stands here for the second time."),
    Fault.TOO_DEEP: _("The text is nested too deeply here."),
    Fault.TOO_MANY_PARTS: _("The text has more than %(what)s parts."),
    Fault.TOO_LONG: _("At most %(what)s characters are possible here."),
    Fault.MISSING: _("Something is missing here: %(what)s"),
    Fault.UNKNOWN: _("“%(what)s” is not known here."),
    Fault.NOT_TEXT: _("A text is needed here."),
    Fault.NOT_LIST: _("A list is needed here."),
    Fault.NOT_TABLE: _("Entries with names are needed here: %(what)s"),
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


def told(where: str, fault: Fault, what: str, line: int = 0, column: int = 0) -> str:
    """A problem as one sentence, with its place in front: line and column of the text, or the path of an entry."""
    sentence = str(_FAULT[fault]) % {"what": what or "–"}
    place = gettext("Line %(line)s, column %(column)s") % {"line": line, "column": column} if line else where
    return f"{place}: {sentence}" if place else sentence
