"""Keeping text templates: leads and administrators."""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from leitstelle.accounts.models import Organisation, Team
from leitstelle.kernel.errors import Conflict, InvalidInput, NotAllowed
from leitstelle.kernel.events import Subject, record, unit
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.choices import SnippetUse
from leitstelle.tickets.events import SnippetSaved
from leitstelle.tickets.models import Snippet, SnippetVersion
from leitstelle.tickets.policies import can_keep_snippets
from leitstelle.tickets.rules.snippets import LONGEST, NotATemplate, check


@dataclass(frozen=True, kw_only=True)
class SnippetInput:
    """A text template; without customer or team it is for all of them."""

    title: str
    text: str
    use: str = SnippetUse.ANSWER
    shortcut: str = ""
    language: str = "de"
    organisation: Organisation | None = None
    team: Team | None = None
    is_active: bool = True


@unit()
def create_snippet(new: SnippetInput, *, by: Viewer, now: datetime) -> Snippet:
    """Add a text template. Leads and administrators. Records `SnippetSaved`. Raises `NotAllowed`, `InvalidInput`."""
    _check(new, by)
    snippet = Snippet.objects.create(**_columns(new))
    return _keep(snippet, by, now)


@unit()
def change_snippet(
    snippet: Snippet, new: SnippetInput, *, version: int | None = None, by: Viewer, now: datetime
) -> Snippet:
    """Change a text template; what it said before is kept. Leads and administrators. Records `SnippetSaved`.

    `version` is the one the editor saw. Raises `NotAllowed`, `InvalidInput`, `Conflict`.
    """
    _check(new, by)
    values = _columns(new)
    changed = {name: value for name, value in values.items() if getattr(snippet, name) != value}
    if not changed:
        return snippet
    seen = snippet.version if version is None else version
    if not Snippet.objects.filter(pk=snippet.pk, version=seen).update(**values, version=F("version") + 1):
        snippet.refresh_from_db()
        raise Conflict(theirs={name: getattr(snippet, name) for name in changed}, ours=changed)
    snippet.refresh_from_db()
    return _keep(snippet, by, now)


def _columns(new: SnippetInput) -> dict[str, object]:
    values = {name: getattr(new, name) for name in asdict(new)}
    return values | {
        "text": new.text.replace("\r\n", "\n").strip("\n"),
        "shortcut": new.shortcut.strip().lower(),
    }


def _check(new: SnippetInput, by: Viewer) -> None:
    if not can_keep_snippets(by):
        raise NotAllowed()
    if len(new.text) > LONGEST or not new.text.strip():
        raise InvalidInput(fields={"text": _("Please write a text of at most 8000 characters.")})
    try:
        check(new.text)
    except NotATemplate as error:
        text = _("“%(what)s” in line %(line)s cannot be used here. Only the listed fields are possible.")
        raise InvalidInput(fields={"text": text % {"what": error.what[:60], "line": error.line}}) from error


def _keep(snippet: Snippet, by: Viewer, now: datetime) -> Snippet:
    SnippetVersion.objects.create(
        snippet=snippet, number=snippet.version, text=snippet.text, at=now, by_id=by.person_id
    )
    record(
        SnippetSaved(number=snippet.version), subject=Subject("snippet", snippet.pk), actor=by.actor, at=now
    )
    return snippet
