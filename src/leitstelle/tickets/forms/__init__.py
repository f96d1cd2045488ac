"""Shapes of what people enter on ticket pages."""

from leitstelle.tickets.forms.facts import ClassifyForm, LinkForm, NewTicketForm, ParticipantForm, SubjectForm
from leitstelle.tickets.forms.level_rights import LevelRightsForm
from leitstelle.tickets.forms.steps import (
    STEP_FORMS,
    AssignForm,
    HandoverForm,
    NextLevelForm,
    ReasonForm,
    ResolveForm,
    WaitForm,
)
from leitstelle.tickets.forms.vendor import VendorCaseForm
from leitstelle.tickets.forms.writing import COMPOSER_MODES, ComposerForm, PlannedForm, VendorMessageForm

__all__ = [
    "AssignForm",
    "COMPOSER_MODES",
    "ClassifyForm",
    "ComposerForm",
    "HandoverForm",
    "LevelRightsForm",
    "LinkForm",
    "NewTicketForm",
    "NextLevelForm",
    "ParticipantForm",
    "PlannedForm",
    "ReasonForm",
    "ResolveForm",
    "STEP_FORMS",
    "SubjectForm",
    "VendorCaseForm",
    "VendorMessageForm",
    "WaitForm",
]
