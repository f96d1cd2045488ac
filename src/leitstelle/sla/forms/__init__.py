"""Forms of agreements and clocks."""

from leitstelle.sla.forms.agreements import NewAgreementForm, RenameForm, ScopeForm
from leitstelle.sla.forms.clocks import CauseForm, WhatIfForm
from leitstelle.sla.forms.versions import VersionForm

__all__ = ["CauseForm", "NewAgreementForm", "RenameForm", "ScopeForm", "VersionForm", "WhatIfForm"]
