"""How alike two texts are: the cosine of their words, where rare words count more (TF-IDF over the texts at hand)."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# Shorter words and numbers say little about what a ticket is about.
_LEAST_LETTERS = 3
_MOST_WORDS = 400
_SHARED_SHOWN = 4


@dataclass(frozen=True)
class Likeness:
    """How alike a text is, from 0 to 1, and the shared words that count most."""

    share: float
    words: tuple[str, ...]


def likenesses(text: str, others: Mapping[int, str]) -> dict[int, Likeness]:
    """Compare a shadow text with others, by key."""
    own = _telling(text)
    known = {key: _telling(other) for key, other in others.items()}
    spread = Counter(word for words in (own, *known.values()) for word in words)
    weights = {word: 1 + math.log((1 + len(known)) / count) for word, count in spread.items()}
    length = _length(own, weights)
    return {key: _likeness(own, words, weights, length) for key, words in known.items()}


def _words(text: str) -> dict[str, float]:
    words = [
        word for word in text.split()[:_MOST_WORDS] if len(word) >= _LEAST_LETTERS and not word.isdigit()
    ]
    return {word: 1 + math.log(count) for word, count in Counter(words).items()}


def _telling(text: str) -> dict[str, float]:
    """The words that say what a text is about; all of them where none does."""
    words = _words(text)
    return {word: weight for word, weight in words.items() if word not in _EMPTY} or words


def _length(words: Mapping[str, float], weights: Mapping[str, float]) -> float:
    return math.sqrt(sum((value * weights[word]) ** 2 for word, value in words.items()))


def _likeness(
    own: Mapping[str, float], other: Mapping[str, float], weights: Mapping[str, float], length: float
) -> Likeness:
    shared = {word: own[word] * other[word] * weights[word] ** 2 for word in own.keys() & other.keys()}
    whole = length * _length(other, weights)
    best: Sequence[str] = sorted(shared, key=lambda word: (-shared[word], word))[:_SHARED_SHOWN]
    return Likeness(sum(shared.values()) / whole if whole else 0.0, tuple(best))


@dataclass(frozen=True)
class Relation:
    """What two tickets have in common besides words."""

    same_requester: bool
    same_place: bool
    both_open: bool


def may_be_duplicate(share: float, relation: Relation) -> bool:
    """Whether two open tickets may be the same matter: nearly the same words, or like ones of one person or place."""
    if not relation.both_open:
        return False
    if relation.same_requester:
        return share >= 0.35
    return share >= (0.5 if relation.same_place else 0.75)


def _listed(block: str) -> frozenset[str]:
    return frozenset(block.split())


# Words that hold a sentence together, or say that something is wrong, but not with what.
_EMPTY = _listed(
    """
    ich wir sie ihr uns mir mich man dass kann konnen konnte werden wird wurde hat haben habe hatte dann auch nur sehr
    einen einer eines einem diese dieser dieses guten tag hallo freundlichen grussen grusse gruss danke vielen dank zum
    this that was are you your they them will would could should hello dear regards thanks thank kind been being just
    nicht kein keine keiner noch mehr schon wieder immer geht gehen ging funktioniert funktionieren laeuft
    lauft laufen klappt ist sein war sind bin bei beim der die das den dem ein eine einen mein meine unser
    unsere und oder aber mit von vom zum zur auf aus fur fuer seit heute gestern jetzt bitte hilfe problem
    probleme problemen fehler storung stoerung defekt kaputt dringend frage nein not working work works does
    down broken help please problems issue error urgent the and for with from since again still cannot can
    out our has have stopped all also any about after another anybody anything because before both but did doing done
    each either every everything few get gets got had here how into its just like lot made make more most much must need
    needs never new nobody nothing now off often once one only other over own same see she some somebody something soon
    such sure than their there these they thing think those too two under until upon use used very via want wants way
    well were what when where whether which while who whole whose why within without yet your
    alle alles als also andere anderen anderes bereits bis bisher bleibt brauche brauchen braucht damit daran dazu
    denn deren deshalb deswegen dort durch eben ebenso eigentlich erst etwa etwas gar gegen genau gerade gern gerne
    gibt haette hatten hier hinter ihm ihn ihnen ihre ihrem ihren ihrer ins irgendwie jede jedem jeden jeder jedes
    jedoch jemand jene kannst kommt kommen lassen leider machen macht man manchmal mehrere meinem meinen meiner
    mochte mochten muss mussen musste nach nachdem neben neu neue neuen neuer neues nichts nie niemand nun obwohl
    ohne ob sehen sei seinem seinen seiner seine selbst sobald sofort soll sollen sollte sollten sondern sonst soweit
    steht stehen trotz trotzdem uber uberhaupt ubrigens unter vielleicht voll vor wahrend waren warum was weder weg
    weil weiter welche welcher welches wenn wer wie wieso will wollen wollte wurden wurde zwar zwischen zwei
    """
)


def alike_subjects(one: str, other: str) -> bool:
    """Whether two subjects (shadow texts) are about the same thing: half of their telling words are shared."""
    first, second = telling_words(one), telling_words(other)
    shared, least = first & second, min(len(first), len(second))
    return bool(shared) and len(shared) >= min(2, least) and len(shared) * 2 >= least


def telling_words(text: str) -> set[str]:
    """Return the words of a shadow text that say what it is about."""
    return {word for word in _words(text) if word not in _EMPTY}
