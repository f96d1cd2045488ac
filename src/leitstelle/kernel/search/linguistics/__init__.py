"""What is done to words before the database sees them: folding, lemmas, compound parts, identifiers, queries.

Pure text in, pure text out; no database. Both databases index the same shadow text, so both find the same.
"""

from leitstelle.kernel.search.linguistics.compounds import split_compound as split_compound
from leitstelle.kernel.search.linguistics.folding import fold as fold
from leitstelle.kernel.search.linguistics.folding import sort_key as sort_key
from leitstelle.kernel.search.linguistics.parsing import parse_query as parse_query
from leitstelle.kernel.search.linguistics.query import Atom as Atom
from leitstelle.kernel.search.linguistics.query import Query as Query
from leitstelle.kernel.search.linguistics.query import Term as Term
from leitstelle.kernel.search.linguistics.shadows import SHADOW_VERSION as SHADOW_VERSION
from leitstelle.kernel.search.linguistics.shadows import kind_word as kind_word
from leitstelle.kernel.search.linguistics.shadows import shadow as shadow
