"""A condition on a domain's own rows: that the title under which they are indexed says something.

For lists that are filtered and sorted by their own columns; searches rank by themselves. Titles are those the index
knows, which follow the rows within seconds. Decides nothing about visibility: the list it narrows does.
"""

from django.db.models import Q
from django.db.models.expressions import RawSQL

from leitstelle.kernel.search.engine import engine
from leitstelle.kernel.search.linguistics import parse_query


def title_says(kind: str, text: str) -> Q:
    """Return the condition on rows whose primary key is an object id of `kind` that its title says all of `text`.

    Folding and word forms are those of every search. Nothing fulfils it where `text` holds no word.
    """
    query = parse_query(text)
    if not query:
        return Q(pk__in=())
    sql, params = engine().titles(query, kind)
    return Q(pk__in=RawSQL(sql, params))  # noqa: S611 - words are parameters
