"""The shipped views by level, also where two schemes are in use side by side."""

import pytest

from leitstelle.accounts.models import Level, Team
from leitstelle.accounts.tests.cast import as_agent
from leitstelle.tickets.queries.inbox import capped_counts, views_for
from leitstelle.tickets.tests.desk import make_desk


@pytest.mark.django_db
def test_levels_of_the_same_order_are_views_of_their_own() -> None:
    desk = make_desk()
    frontdesk = Level.objects.get(key="frontdesk")
    Team.objects.filter(pk=desk.second.pk).update(level=frontdesk)
    ticket = desk.open("VPN bricht ab")
    levels = [desk.first.level, frontdesk]
    assert [level.order for level in levels] == [1, 1]
    views = [view for view in views_for(levels, "de") if view.level_id is not None]
    assert [view.key for view in views] == ["level-1", f"level-1-{frontdesk.pk}"]
    counts = capped_counts(views, as_agent(desk.agent))
    assert [counts[view.key] for view in views] == [
        (int(view.level_id == ticket.level_id), False) for view in views
    ]
    assert sum(number for number, _more in counts.values()) == 1
