"""Who did something, by the names a journal entry leads to."""

from collections.abc import Callable, Iterable, Mapping

from django.utils.translation import gettext as _

from leitstelle.accounts.models import ApiToken
from leitstelle.kernel.events import Event

RuleNames = Callable[[int], str]
_rule_names: list[RuleNames] = []


def register_rule_names(names: RuleNames) -> RuleNames:
    """Let the domain that has rules say what one is called, by its id; the last one registered counts."""
    _rule_names[:] = [names]
    return names


def person_acting(event: Event) -> int | None:
    """Return the person who acted with a session of their own, `None` for tokens, guests and the product."""
    return int(event.actor_id) if event.actor_kind == "person" and event.actor_id.isdigit() else None


def token_owners(events: Iterable[Event]) -> dict[int, str]:
    """Return the name of the person behind every token that acted; no statement where none did, else one."""
    ids = {pk for event in events if (pk := _token_acting(event)) is not None}
    if not ids:
        return {}
    return dict(ApiToken.objects.filter(pk__in=ids).values_list("pk", "person__display_name"))


def actor_name(event: Event, people: Mapping[int, str], owners: Mapping[int, str]) -> str:
    """Return who acted as timelines name them: a person, a person through a token, else the product."""
    owner = owners.get(_token_acting(event) or 0, "")
    if owner:
        return _("%(person)s (API token)") % {"person": owner}
    if event.actor_kind == "rule" and event.actor_id.isdigit():
        return _("Rule “%(name)s”") % {"name": rule_name(int(event.actor_id))}
    return people.get(person_acting(event) or 0, "") or _("Leitstelle")


def rule_name(rule_id: int) -> str:
    """Return what a rule is called, its number where nobody knows it any more."""
    return next((name for names in _rule_names if (name := names(rule_id))), f"#{rule_id}")


def _token_acting(event: Event) -> int | None:
    return int(event.actor_id) if event.actor_kind == "token" and event.actor_id.isdigit() else None
