"""What a report comes down to under the mapping of its webhook."""

import json
from dataclasses import dataclass
from typing import Any, Protocol

from leitstelle.automation.rules.mapping import filled, holds

SUBJECT = 300
SHORT = 200
DEVICE = 80
TEXT = 20_000


class Mapping(Protocol):
    """The texts of a webhook that say what becomes of its reports."""

    subject: str
    text: str
    matter: str
    requester: str
    device: str
    only_when: str
    over_when: str


@dataclass(frozen=True, kw_only=True)
class Draft:
    """The words of a ticket. `matter` is what the report is about again and again, empty where each stands alone."""

    is_wanted: bool
    is_over: bool
    subject: str
    text: str
    matter: str
    requester: str
    device: str


def draft_of(mapping: Mapping, report: dict[str, Any]) -> Draft:
    """Return what a ticket would say; without a template for the text, the report itself as JSON."""
    whole = json.dumps(report, ensure_ascii=False, indent=2)
    return Draft(
        is_wanted=holds(mapping.only_when, report),
        is_over=bool(mapping.over_when.strip()) and holds(mapping.over_when, report),
        subject=_line(filled(mapping.subject, report), SUBJECT),
        text=(filled(mapping.text, report) if mapping.text.strip() else whole)[:TEXT],
        matter=_line(filled(mapping.matter, report), SHORT),
        requester=_line(filled(mapping.requester, report), SHORT),
        device=_line(filled(mapping.device, report), DEVICE),
    )


def _line(text: str, longest: int) -> str:
    return " ".join(text.split())[:longest]
