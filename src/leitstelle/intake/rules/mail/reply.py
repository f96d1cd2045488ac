"""Which part of a plain-text body its sender wrote now, and which part is quoted from before.

General rules over lines, in this order: where earlier mail begins (an introduction such as "Am … schrieb …:",
a block of header lines such as Von/Gesendet/An/Betreff, a separator line), whether the sender wrote between the
quotations, and which closing lines are signature or advertisement of a device. Nothing is thrown away: what is
not the reply is returned as the quoted part. Languages: German, English, French, Italian, Spanish, Portuguese,
Dutch, Danish, Norwegian, Swedish, Finnish, Polish, Czech, Hungarian, Russian, Ukrainian, Chinese, Japanese.
"""

import re
from dataclasses import dataclass

from .reply_words import (
    FORWARD_MARK,
    HEADER_KINDS,
    INTRODUCTION_START,
    MOBILE_FOOTER,
    SEPARATOR_MARK,
    WROTE,
)

MAX_LINES = 20_000
_QUOTE = re.compile(r"^\s{0,3}[>|]")
_SUPERCITE = re.compile(r"^\w{1,20}>(\s|$)")
_RULE = re.compile(r"^[\s>*]*[-_=*~#+]{5,}\s*$")
_SIGNATURE = re.compile(r"^(--|—|–|-- )\s*$")
_LIST_FOOTER = re.compile(r"^_{5,}\s*$")
_SCRAPS = re.compile(r"^[\s\-_=*~#+—–ᐧ.]*$")
_HEADER_LINE = re.compile(r"^[\s>]*\**\s*([^\W\d_][\w \-]{0,24}?)\s*:\s*\**\s?(.*)$")
_EMAIL = re.compile(r"<?\s*(mailto:)?[\w.+%\-=]+@[\w.\-]+")
_DIGIT = re.compile(r"\d")
_DATED_SENDER = re.compile(
    r"^\d{4}[-/.]\d{1,2}[-/.]\d{1,2}[ ,T]+(\d{1,2}:\d{2}(:\d{2})?\s*)?"
    r"((GMT|UTC)[+-]?[\d:]*\s+\S+.*|\S.*<[^<>\s]*@[^<>\s]*>\s*:?|\S.*<\s*\n?\S+@\S+>\s*:)\s*$"
)
# GroupWise: >>> Name <address> 19.11.2026 14:02 >>>
_OF_ARROWS = re.compile(r"^>>>\s?\S.{0,200}\d\s?(?:[AaPp]\.?[Mm]\.?\s?)?>>>$")
# Mail programs break lines behind this many characters at the earliest.
_WRAPPED = 50
_MAX_SIGNATURE_LINES = 25
_MAX_INTRODUCTION_LINES = 6
_MAX_INTRODUCTION = 500


@dataclass(frozen=True)
class Reply:
    """`reply` is what was written now, `quoted` everything else, both with `\\n` line ends."""

    reply: str
    quoted: str


@dataclass(frozen=True)
class _Seam:
    """Where earlier mail begins: lines [start, end) introduce it. `kind`: introduction, headers or mark."""

    start: int
    end: int
    kind: str


def split_reply(text: str) -> Reply:
    """Separates new from quoted text. A body without any sign of quotation is all reply."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if len(lines) > MAX_LINES:
        lines = lines[:MAX_LINES]
    kept = _reply_lines(lines)
    reply = "\n".join(lines[number].rstrip() for number in kept).strip("\n")
    return Reply(reply, _rest(lines, set(kept)))


def _rest(lines: list[str], kept: set[int]) -> str:
    return "\n".join(line.rstrip() for number, line in enumerate(lines) if number not in kept).strip("\n")


def _reply_lines(lines: list[str]) -> list[int]:
    """Numbers of the lines that belong to the reply."""
    seam = _find_seam(lines, 0)
    if seam is None:
        return _without_tail(lines, _numbers(0, len(lines)))
    above = _without_tail(lines, _numbers(0, seam.start))
    if seam.kind == "introduction":
        return _around_introduction(lines, seam, above)
    if above:
        return above
    return _without_tail(lines, _numbers(seam.end, len(lines)))  # only a forwarded mail: that is the message


def _around_introduction(lines: list[str], seam: _Seam, above: list[int]) -> list[int]:
    quoted_end = _quotation_end(lines, seam.end)
    below = _without_tail(lines, _numbers(quoted_end, len(lines)))
    own_below = [number for number in below if not _is_quote(lines[number])]
    if quoted_end == seam.end or _first_text(lines, seam.end) != _first_quote(lines, seam.end):
        # The introduced mail is not marked with quote signs, so all of it is the earlier mail …
        return above or _without_introductions(lines, seam.end)  # … unless nothing stands above
    if not own_below:
        return above
    if above or any(_is_quote(lines[number]) for number in below):
        return above + _without_introductions(lines, seam.end)  # answers between quotations need them
    return below


def _without_introductions(lines: list[str], start: int) -> list[int]:
    """From `start` to the end, only the introducing lines of further quotations taken out."""
    kept: list[int] = []
    while True:
        seam = _find_seam(lines, start)
        kept += _numbers(start, seam.start if seam else len(lines))
        if seam is None or seam.kind != "introduction":
            return _without_tail(lines, kept)
        start = seam.end


def _numbers(start: int, end: int) -> list[int]:
    return list(range(start, end))


# --- seams ---


def _find_seam(lines: list[str], start: int) -> _Seam | None:
    """The first place from `start` on where earlier mail begins. Lines that are quoted themselves do not count."""
    fenced = False
    for number in range(start, len(lines)):
        line = lines[number]
        if line.lstrip().startswith("```"):
            fenced = not fenced
        if fenced or not line.strip() or (_is_quote(line) and not _OF_ARROWS.match(line.strip())):
            continue
        seam = _mark_at(lines, number) or _headers_at(lines, number) or _introduction_at(lines, number)
        if seam is not None:
            return seam
    return None


def _mark_at(lines: list[str], number: int) -> _Seam | None:
    line = lines[number].strip()
    if not _OF_ARROWS.match(line) and not (
        len(line) <= 100 and (SEPARATOR_MARK.match(line) or FORWARD_MARK.match(line))
    ):
        return None
    headers = _first_filled(lines, number + 1)
    found = _headers_at(lines, headers) if headers is not None else None
    return _Seam(number, found.end if found else number + 1, "mark")


def _headers_at(lines: list[str], number: int) -> _Seam | None:
    """A block of header lines: a sender, a date and a recipient or subject within a few lines."""
    kinds: set[str] = set()
    end, misses = number, 0
    for index in range(number, min(number + 14, len(lines))):
        line = lines[index]
        match = _HEADER_LINE.match(line)
        kind = HEADER_KINDS.get(match[1].strip().lower()) if match else None
        if kind is None:
            if index == number or not line.strip() and kinds >= {"from", "date"} and len(kinds) > 2:
                break
            misses += 1
            if misses > 3:
                break
            continue
        kinds.add(kind)
        end, misses = index + 1, 0
    if {"from", "date"} <= kinds and kinds & {"to", "subject"}:
        while end < len(lines) and lines[end].strip() and not _is_quote(lines[end]):
            end += 1  # a subject that runs over two lines
        return _Seam(number, end, "headers")
    return None


def _introduction_at(lines: list[str], number: int) -> _Seam | None:
    """Lines that introduce a quotation: who wrote, mostly when, ending in a colon."""
    joined = ""
    filled = 0
    for index in range(number, min(number + _MAX_INTRODUCTION_LINES + 4, len(lines))):
        piece = lines[index].strip()
        if index > number and _is_quote(lines[index]) and not piece.startswith((">:", "> wrote")):
            wrapped = re.match(r"^>\s*(\S+\s*){0,4}[:：]\s*$", piece)
            if not wrapped:
                return None
        filled += bool(piece)
        joined = f"{joined} {piece}".strip()
        if filled > _MAX_INTRODUCTION_LINES or len(joined) > _MAX_INTRODUCTION:
            return None
        if piece and _introduces(joined):
            return _Seam(_own_start(lines, number, index), index + 1, "introduction")
        if piece.endswith((".", "!", "?")) and not _DIGIT.search(piece):
            return None
    return None


def _own_start(lines: list[str], start: int, last: int) -> int:
    """Where the introduction that ends in line `last` begins: a greeting or a name above it is no part of it.

    Only "Name <address> wrote:" says by its last lines who wrote; other forms begin with their first word. A long
    line above is the beginning of a wrapped one.
    """
    if INTRODUCTION_START.match(_bare(lines[start])):
        return start
    for number in range(last, start, -1):
        above = lines[number - 1].strip()
        text = " ".join(filter(None, (line.strip() for line in lines[number : last + 1])))
        if lines[number].strip() and len(above) < _WRAPPED and _introduces(text):
            return number
    return start


def _bare(text: str) -> str:
    return text.strip("-–—* \t").replace("&lt;", "<").replace("&gt;", ">")


def _introduces(joined: str) -> bool:
    text = _bare(joined)
    if _DATED_SENDER.match(text):
        return True
    ended = joined.rstrip().endswith((":", "：")) or joined.startswith("--") and joined.endswith("--")
    wrote = WROTE.search(text)
    if not ended or wrote is None:
        return False
    if INTRODUCTION_START.match(text) and _DIGIT.search(text[: max(60, wrote.start())]):
        return True
    # „Vorname Nachname <adresse> schrieb …:“: the address directly before the verb
    return bool(_EMAIL.search(text[: wrote.start()])) and wrote.start() < 160 and single_sender(text)


def single_sender(text: str) -> bool:
    """True where what stands before the verb reads as a name with an address, not as a sentence."""
    before = text.partition("@")[0]
    return len(before.split()) <= 8 and not re.search(r"[.!?]\s", before)


# --- quotations ---


def _is_quote(line: str) -> bool:
    return bool(_QUOTE.match(line))


def _first_filled(lines: list[str], start: int) -> int | None:
    return next((number for number in range(start, len(lines)) if lines[number].strip()), None)


def _first_text(lines: list[str], start: int) -> int | None:
    return _first_filled(lines, start)


def _first_quote(lines: list[str], start: int) -> int | None:
    return next((n for n in range(start, len(lines)) if lines[n].lstrip().startswith(">")), None)


def _quotation_end(lines: list[str], start: int) -> int:
    """Behind the last line of the quotation that begins at `start` (blank lines inside belong to it)."""
    end = start
    for number in range(start, len(lines)):
        if _is_quote(lines[number]):
            end = number + 1
        elif lines[number].strip():
            break
    return end


# --- the end of the reply ---


def _without_tail(lines: list[str], numbers: list[int]) -> list[int]:
    """The lines without signature, device advertisement, closing quotation and scraps at the end."""
    numbers = _cut_signature(lines, numbers)
    only_quotes = all(_is_quote(lines[n]) or not lines[n].strip() for n in numbers)
    end = len(numbers)
    while end:
        line = lines[numbers[end - 1]]
        quote = _is_quote(line) or bool(_SUPERCITE.match(line))
        if quote and only_quotes:
            return [] if _introduced(lines, numbers[:end]) else numbers[:end]
        if not (quote or _SCRAPS.match(line) or MOBILE_FOOTER.match(line.strip())):
            break
        end -= 1
    begin = 0
    while begin < end and not lines[numbers[begin]].strip():
        begin += 1
    return numbers[begin:end]


def _introduced(lines: list[str], numbers: list[int]) -> bool:
    """True where a body of nothing but quotation says whose words they are."""
    bare = [re.sub(r"^[\s>|]+", "", lines[n]) for n in numbers]
    return _find_seam([line for line in bare if line], 0) is not None


def _cut_signature(lines: list[str], numbers: list[int]) -> list[int]:
    fenced = False
    left = sum(1 for number in numbers if lines[number].strip())
    for place, number in enumerate(numbers):
        line = lines[number]
        left -= bool(line.strip())
        if line.lstrip().startswith("```"):
            fenced = not fenced
        if fenced or not (_SIGNATURE.match(line) or _LIST_FOOTER.match(line)):
            continue
        if left <= _MAX_SIGNATURE_LINES:
            return numbers[:place]
    return numbers
