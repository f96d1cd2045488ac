"""Search index and its linguistics: one index row per message and audience, visibility inside the query.

Owns the index tables, the words (`linguistics`) and the ranking. What is findable, and for whom, is said by the
`searchdocs` module of each domain through `register_source`; who may see it by the `visible` argument of `search`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from leitstelle.kernel.search.index import (
        SearchDoc as SearchDoc,
    )
    from leitstelle.kernel.search.index import (
        bulk_load as bulk_load,
    )
    from leitstelle.kernel.search.index import (
        remove as remove,
    )
    from leitstelle.kernel.search.index import (
        remove_parts as remove_parts,
    )
    from leitstelle.kernel.search.index import (
        upsert as upsert,
    )
    from leitstelle.kernel.search.linguistics import fold as fold
    from leitstelle.kernel.search.linguistics import sort_key as sort_key
    from leitstelle.kernel.search.models import SearchRow as SearchRow
    from leitstelle.kernel.search.searching import (
        SearchHit as SearchHit,
    )
    from leitstelle.kernel.search.searching import (
        SearchPage as SearchPage,
    )
    from leitstelle.kernel.search.searching import (
        search as search,
    )
    from leitstelle.kernel.search.sources import Original as Original
    from leitstelle.kernel.search.sources import register_source as register_source
    from leitstelle.kernel.search.titles import title_says as title_says
else:
    _HOME = {
        "SearchDoc": "index",
        "bulk_load": "index",
        "remove": "index",
        "remove_parts": "index",
        "upsert": "index",
        "fold": "linguistics",
        "sort_key": "linguistics",
        "SearchRow": "models",
        "SearchHit": "searching",
        "SearchPage": "searching",
        "search": "searching",
        "Original": "sources",
        "register_source": "sources",
        "title_says": "titles",
    }

    def __getattr__(name: str) -> Any:
        """Load the exported name on first use: this package is imported before Django's models are ready."""
        if name not in _HOME:
            raise AttributeError(name)
        return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
