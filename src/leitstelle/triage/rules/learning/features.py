"""Views of a text: base forms and their pairs, single words, pieces of words, and its place among topics of both.

Base forms and compound parts come from the search linguistics, so that `Netzwerkdruckers` speaks for `drucker`; pieces
of words forgive misspelling and know trades whose words no dictionary has.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import normalize

from leitstelle.kernel.search.linguistics import shadow

# Longer texts are cut: what a person wrote stands first, and the time per ticket stays bounded.
LONGEST = 6_000
# One number per feature and category is kept: 20 million of them are 80 MB.
_NUMBERS = 20_000_000
_MOST_FEATURES = 150_000
_FEW_TEXTS = 300

# A kernel machine over topics takes time with the square of texts and of categories; beyond these it is not worth it.
_MOST_FOR_TOPICS = 6_000
_MOST_CATEGORIES_FOR_TOPICS = 15
_TOPICS = 300
# Topics of pieces come from the commonest only: 150 numbers for each of 50 000 are 30 MB.
_TOPICS_OF_PIECES = 150
_PIECES_FOR_TOPICS = 50_000

# By view: sparse matrices, for topics a dense one; a row per text.
Matrices = dict[str, Any]


class Features:
    """Turns texts into one sparse matrix per view. `learn` first, then `see` any number of times."""

    def __init__(self, texts: int, categories: int, *, numbers: int = _NUMBERS) -> None:
        """`texts` and `categories` say how much there is to learn from; `numbers` bounds the memory it may take."""
        once = 1 if texts < _FEW_TEXTS else 2
        most = min(_MOST_FEATURES, numbers // max(1, categories))
        words: dict[str, Any] = {"tokenizer": split_words, "token_pattern": None, "lowercase": False}
        common: dict[str, Any] = {"sublinear_tf": True, "dtype": np.float32, "max_features": most}
        self._words = {
            "pairs": TfidfVectorizer(ngram_range=(1, 2), min_df=once, **words, **common),
            "words": TfidfVectorizer(**words, **common),
        }
        # Pieces that stand in every third text tell nothing and cost most of the time.
        often = 1.0 if texts < _FEW_TEXTS else 0.3
        self._pieces = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(3, 5), min_df=once, max_df=often, **common
        )
        self._wants_topics = _TOPICS < texts <= _MOST_FOR_TOPICS and categories <= _MOST_CATEGORIES_FOR_TOPICS
        self._axes: Any = None
        self._piece_axes: Any = None
        self._common_pieces: Any = None

    def learn(self, texts: Sequence[str], hints: Sequence[str] = ()) -> Matrices:
        """Choose the features of these texts and return their matrices. Raises `ValueError` where no text has words.

        `hints` are made-up words beside each text (its channel, its sender): views of words see them, pieces do not.
        """
        shadows = _shadows(texts, hints)
        found: Matrices = {name: view.fit_transform(shadows) for name, view in self._words.items()}
        found["pieces"] = self._pieces.fit_transform(_cut(texts))
        if self._wants_topics and found["words"].shape[1] > _TOPICS:
            axes = TruncatedSVD(_TOPICS, random_state=0).fit(found["words"]).components_.T
            # In rows, as SciPy would otherwise copy it for every single text.
            self._axes = np.ascontiguousarray(axes, np.float32)
            self._learn_piece_topics(found["pieces"])
        return self._with_topics(found)

    def _learn_piece_topics(self, pieces: Any) -> None:
        often = np.asarray((pieces > 0).sum(axis=0)).ravel()
        common = np.sort(np.argsort(-often, kind="stable")[:_PIECES_FOR_TOPICS])
        if len(common) <= 2 * _TOPICS_OF_PIECES:
            return
        svd = TruncatedSVD(_TOPICS_OF_PIECES, n_oversamples=_TOPICS_OF_PIECES, random_state=0)
        self._common_pieces = common
        self._piece_axes = np.ascontiguousarray(svd.fit(pieces[:, common]).components_.T, np.float32)

    def see(self, texts: Sequence[str], hints: Sequence[str] = ()) -> Matrices:
        """Return the matrices of further texts, with their hints as in `learn`."""
        shadows = _shadows(texts, hints)
        found: Matrices = {name: view.transform(shadows) for name, view in self._words.items()}
        found["pieces"] = self._pieces.transform(_cut(texts))
        return self._with_topics(found)

    def _with_topics(self, found: Matrices) -> Matrices:
        if self._axes is not None:
            found["topics"] = normalize(found["words"] @ self._axes)
        if self._piece_axes is not None:
            found["topics of pieces"] = normalize(found["pieces"][:, self._common_pieces] @ self._piece_axes)
        return found

    def names(self, view: str) -> np.ndarray[Any, Any]:
        """Return the features of a view of words, in the order of its columns."""
        return np.asarray(self._words[view].get_feature_names_out())


def split_words(text: str) -> list[str]:
    """Take a shadow text apart. A function of its own, as a model that is stored names it."""
    return text.split()


def _shadows(texts: Sequence[str], hints: Sequence[str]) -> list[str]:
    found = [shadow(text[:LONGEST]) for text in texts]
    return [f"{one} {hint}" for one, hint in zip(found, hints, strict=True)] if hints else found


def _cut(texts: Iterable[str]) -> list[str]:
    return [text[:LONGEST] for text in texts]
