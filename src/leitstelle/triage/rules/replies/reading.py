"""Taking a reply apart: greeting and signature off, turns of phrase recognised, and nothing else left over."""

import re
from dataclasses import dataclass
from enum import StrEnum

from leitstelle.kernel.search.linguistics.folding import without_accents
from leitstelle.triage.rules.replies import words as w

# From this confidence (percent) on the desk acts on it.
SURE = 85
# Whoever writes more than this says more than thanks.
_LONGEST = 60
_SMILES = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf\ufe0f]+|[:;]-?[)D]|\\^\\^|<3")
_HAPPY = re.compile("[\U0001f44d\U0001f64f\U0001f44c\U0001f44f\U0001f389\u2705\u2714\U0001f60a\U0001f600]")
_CONTENT = frozenset(
    ["ok", "okay", "passt", "super", "top", "perfekt", "prima", "klasse", "toll", "wunderbar", "spitze"]
)
_CONTENT |= frozenset(
    ["perfect", "great", "excellent", "awesome", "brilliant", "fantastic", "wonderful", "supi", "mega"]
)
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_WORD = re.compile(r"[a-z0-9]+")
# Placeholders of what was recognised.
_GOOD, _DONE, _GRATEFUL = "\x01", "\x02", "\x03"


class Meaning(StrEnum):
    """What a reply wants: nothing (`thanks`), the end of the ticket (`close`), or to be read (`other`)."""

    THANKS = "thanks"
    CLOSE = "close"
    OTHER = "other"


@dataclass(frozen=True)
class Reading:
    """`confidence` in percent; `cues` are the turns of phrase that carried it, as they were written."""

    meaning: Meaning
    confidence: int
    cues: tuple[str, ...] = ()


_OTHER = Reading(Meaning.OTHER, 0)


def read_reply(text: str, *, has_files: bool = False, names: tuple[str, ...] = ()) -> Reading:
    """Say what a reply (without what it quotes) means. `names` are those of people on the ticket.

    Questions, contradictions ("aber", "but"), files, long texts and any word that is neither thanks nor courtesy make
    it something that has to be read.
    """
    if has_files or "?" in text:
        return _OTHER
    lines = _own_lines(text)
    plain = " ".join(lines)
    if not plain or len(plain.split()) > _LONGEST:
        return _OTHER if not _HAPPY.search(text) or plain else Reading(Meaning.THANKS, 90, ("\U0001f44d",))
    cues: list[str] = []
    clauses = [
        _recognised(clause, cues)
        for line in lines
        for clause in re.split(r"[.!;,:\n()–-]+ |[.!;,:()–-]+$", line + " ")
    ]
    left = [word for clause in clauses for word in _leftover(clause, names)]
    marks = "".join(clauses)
    happy = _HAPPY.search(text) is not None
    if left or not _says_something(marks, clauses, happy):
        return _OTHER
    return Reading(_meaning(marks), _confidence(marks, clauses), tuple(dict.fromkeys(cues))[:4])


def _own_lines(text: str) -> list[str]:
    """The lines somebody typed, folded, from after the greeting to before the signature."""
    found: list[str] = []
    for raw in text.replace("\r", "").split("\n"):
        line = _plain(raw)
        if raw.lstrip().startswith(">") or not line:
            continue
        if re.search(w.SIGN_OFFS, line) and (found or not w.THANKS.search(line)):
            rest = re.match(r"^(cheers|best)\b", line)
            if not (rest and not found):
                break
        if not found and re.match(w.GREETINGS, line.rstrip(" ,.!")):
            continue
        found.append(line)
    return found[:-1] if len(found) > 1 and _is_name(text) else found


def _is_name(text: str) -> bool:
    """Whether the last line is one word with a capital letter, as people sign; not what a ticket may be about."""
    last = text.rstrip().rpartition("\n")[2].strip(" ,.!")
    return last.isalpha() and last.istitle() and spelled(last) not in _KNOWN | _TOPICS | _AGAINST


def _plain(raw: str) -> str:
    bare = _SMILES.sub(" ", raw).replace("’", " ").replace("'", " ").replace("…", ".")
    return re.sub(r"\s+", " ", spelled(bare)).strip()


def spelled(text: str) -> str:
    """Return a text in lower case with ae, oe, ue and ss, as the word lists have it."""
    return without_accents(text.casefold().translate(_UMLAUTS))


def _recognised(clause: str, cues: list[str]) -> str:
    for pattern, mark in ((w.CLOSE, _DONE), (w.WORKS, _GOOD), (w.THANKS, _GRATEFUL)):

        def keep(found: "re.Match[str]", mark: str = mark) -> str:
            cues.append(found.group().strip())
            return f" {mark} "

        clause = pattern.sub(keep, clause)
    return clause


def _leftover(clause: str, names: tuple[str, ...]) -> list[str]:
    """Words that are neither courtesy nor a name nor what the thanks are for."""
    known = _KNOWN | {part for name in names for part in _WORD.findall(spelled(name))}
    after = _NAMED.sub(" ", clause)
    thanked = _GRATEFUL in clause and re.search(r"\b(fuer|fuers|for|mit|bei|with)\b", clause) is not None
    allowed = known | _TOPICS if thanked or _GOOD in clause or _DONE in clause else known
    return [word for word in _WORD.findall(after) if word not in allowed or word in _AGAINST]


def _says_something(marks: str, clauses: list[str], happy: bool) -> bool:
    if any(mark in marks for mark in (_GOOD, _DONE, _GRATEFUL)) or happy:
        return True
    spoken = {word for clause in clauses for word in _WORD.findall(clause)}
    return bool(spoken & _CONTENT)


def _meaning(marks: str) -> Meaning:
    return Meaning.CLOSE if _DONE in marks else Meaning.THANKS


def _confidence(marks: str, clauses: list[str]) -> int:
    """Two signs of content are surer than one, and few words surer than many."""
    kinds = sum(mark in marks for mark in (_GOOD, _DONE, _GRATEFUL))
    count = sum(len(_WORD.findall(clause)) for clause in clauses)
    return max(50, min(99, 88 + 5 * kinds - max(0, count - 12)))


_KNOWN, _TOPICS = w.WORDS, w.TOPICS
_AGAINST = w.AGAINST - {"no"}
_NAMED = re.compile(r"\b(herr|herrn|frau|mr|mrs|ms|hallo|hi|hey|liebe|lieber|dear|hello) [a-z]+(?= |$)")
