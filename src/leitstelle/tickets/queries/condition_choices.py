"""What can be chosen in a condition, by its column, and the words a stored condition is told with."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from django.conf import settings
from django.utils.functional import Promise

from leitstelle.accounts.policies import visible_organisations, visible_people
from leitstelle.accounts.queries import search_people
from leitstelle.catalog.labels import branch_name, name_of
from leitstelle.catalog.queries import active_services, categories_in_use, impacts, priorities, urgencies
from leitstelle.kernel.search import sort_key
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.choices import StatusType
from leitstelle.tickets.labels import CHANNEL, CONDITION_WORD, KIND, STATUS_TYPE
from leitstelle.tickets.queries.lookup import statuses
from leitstelle.tickets.queries.people import all_members, levels_in_use, teams_in_use
from leitstelle.tickets.rules.columns import ME, MY_TEAMS, NOBODY, Column
from leitstelle.tickets.rules.drafts import D, RowDraft

Option = tuple[str, str | Promise]
# Chosen by name, because nobody scrolls through all of them.
FOUND = (Column.ORGANISATION, Column.REQUESTER)
MOST_FOUND = 8


@dataclass
class Choices:
    """The options of every column for one page; each is asked for once."""

    viewer: Viewer
    known: dict[Column, list[Option]] = field(default_factory=dict)
    names: dict[Column, dict[str, str]] = field(default_factory=dict)

    def of(self, row: RowDraft) -> list[Option]:
        """Return the options of a row: what was chosen first where options are found by name."""
        if row.column in FOUND:
            found = self._found(row)
            chosen = [(one, self.names.get(row.column, {}).get(one, "")) for one in row.values]
            return [one for one in chosen if one[1]] + [one for one in found if one[0] not in row.values]
        if row.column not in self.known:
            options = _OPTIONS.get(row.column)
            self.known[row.column] = options() if options else []
        return self.known[row.column]

    def load_names(self, rows: Iterable[RowDraft]) -> None:
        """Fetch the names of chosen people and customers that the viewer may know, one statement per kind."""
        wanted = {
            column: [one for row in rows if row.column is column for one in row.values] for column in FOUND
        }
        ids = {column: [int(one) for one in values if _is_id(one)] for column, values in wanted.items()}
        if ids[Column.ORGANISATION]:
            seen = visible_organisations(self.viewer).filter(pk__in=ids[Column.ORGANISATION])
            self.names[Column.ORGANISATION] = {str(pk): name for pk, name in seen.values_list("pk", "name")}
        if ids[Column.REQUESTER]:
            people = visible_people(self.viewer).filter(pk__in=ids[Column.REQUESTER])
            names = people.values_list("pk", "display_name")
            self.names[Column.REQUESTER] = {str(pk): name for pk, name in names}

    def settle(self, draft: D) -> D:
        """Take what a typed name finds where it finds exactly one; the rest stays to be chosen."""
        rows = []
        for row in draft.rows:
            found = self._found(row) if row.column in FOUND else []
            if len(found) == 1 and found[0][0] not in row.values:
                row = replace(row, values=(*row.values, found[0][0]), find="")
            rows.append(row)
        self.load_names(rows)
        return replace(draft, rows=tuple(rows))

    def _found(self, row: RowDraft) -> list[Option]:
        text = row.find.strip()
        if not text:
            return []
        if row.column is Column.REQUESTER:
            people = search_people(self.viewer, text, limit=MOST_FOUND)
            return [(str(one.pk), one.display_name) for one in people]
        rows = visible_organisations(self.viewer).filter(is_active=True)
        for part in sort_key(text).split():
            rows = rows.filter(sort_name__contains=part)
        return [(str(one.pk), one.name) for one in rows.order_by("sort_name")[:MOST_FOUND]]


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


def _words(*words: str) -> list[Option]:
    return [(word, CONDITION_WORD[word]) for word in words]


def _categories() -> list[Option]:
    rows = categories_in_use()
    return [(str(one.pk), branch_name(one)) for one in rows]


_OPTIONS: Mapping[Column, Callable[[], list[Option]]] = {
    Column.STATUS_TYPE: lambda: [(str(one), STATUS_TYPE[one]) for one in StatusType],
    Column.STATUS: lambda: [(one.key, name_of(one)) for one in statuses() if one.is_active],
    Column.PRIORITY: lambda: [(str(one.rank), f"P{one.rank} {name_of(one)}") for one in priorities()],
    Column.CATEGORY: _categories,
    Column.SERVICE: lambda: [(str(one.pk), name_of(one)) for one in active_services()],
    Column.TEAM: lambda: [*_words(MY_TEAMS), *((str(one.pk), one.name) for one in teams_in_use())],
    Column.LEVEL: lambda: [(str(one.pk), name_of(one)) for one in levels_in_use()],
    Column.ASSIGNEE: lambda: [
        *_words(ME, NOBODY, MY_TEAMS),
        *((str(one.pk), one.display_name) for one in all_members()),
    ],
    Column.KIND: lambda: list(KIND.items()),
    Column.CHANNEL: lambda: list(CHANNEL.items()),
    Column.IMPACT: lambda: [(one.key, name_of(one)) for one in impacts()],
    Column.URGENCY: lambda: [(one.key, name_of(one)) for one in urgencies()],
    Column.LANGUAGE: lambda: list(settings.LANGUAGES),
}
