"""Codes of guides."""

from enum import StrEnum


class QuestionKind(StrEnum):
    """How a question is answered; a hint is tried and either helped or did not."""

    CHOICE = "choice"
    YES_NO = "yes_no"
    TEXT = "text"
    HINT = "hint"


class Field(StrEnum):
    """Where the answer of a text question goes beside the protocol."""

    DEVICE = "device"
    PLACE = "place"


class Fault(StrEnum):
    """What can be wrong in the text of a guide."""

    NOT_YAML = "not_yaml"
    TAB = "tab"
    COLON = "colon"
    ALIAS = "alias"
    TAG = "tag"
    TWICE = "twice"
    TOO_DEEP = "too_deep"
    TOO_MANY_PARTS = "too_many_parts"
    TOO_LONG = "too_long"
    MISSING = "missing"
    UNKNOWN = "unknown"
    NOT_TEXT = "not_text"
    NOT_LIST = "not_list"
    NOT_TABLE = "not_table"
    NOT_SWITCH = "not_switch"
    BAD_KEY = "bad_key"
    DOUBLE = "double"
    NOT_OFFERED = "not_offered"
    TOO_MANY = "too_many"
    TOO_FEW = "too_few"
    LEADS_NOWHERE = "leads_nowhere"
    LEADS_BACK = "leads_back"
