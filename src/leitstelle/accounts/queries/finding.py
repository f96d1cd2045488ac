"""People by what somebody remembers of them: part of a name, an address, a number."""

import re

from leitstelle.accounts.choices import ContactKind
from leitstelle.accounts.models import Person
from leitstelle.accounts.policies import visible_people
from leitstelle.accounts.queries.lookup import find_by_phone
from leitstelle.kernel.search import sort_key
from leitstelle.kernel.viewer import Viewer

_NUMBER = re.compile(r"^[\d\s()+/.-]{3,}$")


def search_people(viewer: Viewer, text: str, *, limit: int) -> list[Person]:
    """Return the active visible people whom `text` fits, by name order.

    Digits are read as a telephone number, an "@" as part of an address, all else as parts of a name.
    """
    people = visible_people(viewer).filter(is_active=True).select_related("organisation", "site")
    wanted = text.strip()
    if not wanted:
        return []
    if _NUMBER.match(wanted):
        found = people.filter(pk__in=[person.pk for person in find_by_phone(wanted)])
    elif "@" in wanted:
        found = people.filter(
            contact_points__kind=ContactKind.EMAIL, contact_points__normalised__startswith=wanted.casefold()
        )
    else:
        found = people
        for part in sort_key(wanted).split():
            found = found.filter(sort_name__contains=part)
    return list(found.distinct().order_by("sort_name", "pk")[:limit])
