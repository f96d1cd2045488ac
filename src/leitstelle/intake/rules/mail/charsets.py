"""Bytes to text: the declared charset first (as its superset), then evidence, never an error.

Owns the decision which charset a text part is in. Attachments never come here: their bytes stay.
"""

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass

from charset_normalizer import from_bytes

# What senders declare is often a subset of what they send (WHATWG Encoding §4.2 keeps the same table).
SUPERSETS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "big5": "big5hkscs",
}
ALIASES = {
    "ks_c_5601-1987": "cp949",
    "ks_c_5601-1989": "cp949",
    "ksc5601": "cp949",
    "ks_c_5601": "cp949",
    "x-euc-kr": "cp949",
    "x-gbk": "gb18030",
    "gb_2312-80": "gb18030",
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "x-mac-roman": "mac_roman",
    "macintosh": "mac_roman",
    "x-macroman": "mac_roman",
    "x-windows-1252": "cp1252",
    "ansi": "cp1252",
    "ansi_x3.110-1983": "cp1252",
    "iso-8859-8-i": "iso8859-8",
    "iso-8859-8-e": "iso8859-8",
    "iso8859-16": "iso8859-16",
    "utf8mb4": "utf-8",
    "utf-8mb4": "utf-8",
    "unicode-1-1-utf-8": "utf-8",
    "unicode-1-1-utf-7": "utf-7",
    "cp-850": "cp850",
    "ibm-850": "cp850",
    "windows-874": "cp874",
    "dos-874": "cp874",
}
_ALLOWED_NAMES = (
    "ascii utf-8 utf-7 utf-16 utf-16-le utf-16-be utf-32 utf-32-le utf-32-be cp1250 cp1251 "
    "cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 cp437 cp775 cp850 cp852 cp855 cp857 cp858 "
    "cp860 cp861 cp862 cp863 cp864 cp865 cp866 cp869 cp874 cp932 cp949 cp950 cp1125 iso8859-1 "
    "iso8859-2 iso8859-3 iso8859-4 iso8859-5 iso8859-6 iso8859-7 iso8859-8 iso8859-9 iso8859-10 "
    "iso8859-11 iso8859-13 iso8859-14 iso8859-15 iso8859-16 tis-620 koi8-r koi8-u koi8-t kz1048 "
    "ptcp154 mac-roman mac-latin2 mac-cyrillic mac-greek mac-turkish mac-iceland gb2312 gbk "
    "gb18030 hz big5 big5hkscs euc_jp euc_jis_2004 euc_jisx0213 shift_jis shift_jis_2004 "
    "shift_jisx0213 iso2022_jp iso2022_jp_1 iso2022_jp_2 iso2022_jp_2004 iso2022_jp_3 "
    "iso2022_jp_ext iso2022_kr euc_kr johab cp720 cp737 cp856"
)
_ALLOWED = frozenset(_ALLOWED_NAMES.split())
_CANDIDATES = [
    "cp1250",
    "cp1251",
    "cp1252",
    "cp1253",
    "cp1254",
    "koi8_r",
    "gb18030",
    "big5",
    "cp932",
    "euc_jp",
    "cp949",
    "mac_roman",
    "cp850",
]
_WESTERN = frozenset(
    "äöüÄÖÜßéèêëàâáãåçñïîíìôóòõûúùøæœØÆÅÉÈÀÇÑÓÁÍÚŠšŽž€–—„“”’‘‚…•§°´«»·²³µ©®™\xa0¡¿".encode("cp1252")
)
_DETECT_BYTES = 16_384
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Not storable or not showable: NUL (PostgreSQL refuses it), other C0 controls, lone surrogates.
_UNUSABLE = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Decoded:
    """`used` is the codec that gave the text; `defect` says in one line what was wrong, or is empty."""

    text: str
    used: str
    defect: str = ""


def decode_text(data: bytes, declared: str = "") -> Decoded:
    """Text of `data` under the declared charset or, where that cannot be right, the likeliest one."""
    for bom, name in _BOMS:
        if data.startswith(bom) and not (name == "utf-16" and len(data) % 2):
            return Decoded(clean_text(data.decode(name, "replace")), name.removesuffix("-sig"))
    codec = codec_for(declared)
    defect = f"charset unknown: {declared[:60]}" if declared and codec is None else ""
    if codec is None:
        return _undeclared(data, defect)
    if _looks_utf8(data, codec):
        wrong = "" if codec == "ascii" else f"declared {declared[:40]}, but it is UTF-8"
        return Decoded(clean_text(data.decode("utf-8")), "utf-8", wrong)
    text = _strict(data, SUPERSETS.get(codec, codec))
    if text is not None and not (codec == "ascii" and _high(data)):
        return Decoded(clean_text(text), SUPERSETS.get(codec, codec) if _high(data) else codec)
    found = _undeclared(data, "")
    return Decoded(found.text, found.used, f"declared {declared[:40]}, read as {found.used}")


def codec_for(label: str) -> str | None:
    """Canonical Python codec of a charset label, or None where it names no text encoding we accept."""
    wanted = label.strip().strip("\"'").split("*")[0].lower()
    wanted = ALIASES.get(wanted, wanted)
    for name in (wanted, wanted.removeprefix("x-"), wanted.replace("_", "-"), wanted.replace(" ", "")):
        try:
            found = codecs.lookup(ALIASES.get(name, name)).name
        except (LookupError, ValueError, UnicodeError):
            continue
        if found in _ALLOWED:
            return found
    return None


def clean_text(text: str) -> str:
    """Line ends as `\\n`; characters that no database or screen can hold replaced."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x0b", "\n").replace("\x0c", "\n")
    return _UNUSABLE.sub(lambda found: "" if found[0] < " " or found[0] == "\x7f" else "\ufffd", text)


def unique(labels: Iterable[str]) -> tuple[str, ...]:
    """The labels once each, in order of appearance."""
    return tuple(dict.fromkeys(label for label in labels if label))


def _high(data: bytes) -> bool:
    return not data.isascii()


def _strict(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (UnicodeError, ValueError):
        pass
    if codec == "cp1252":  # five positions are unassigned there; WHATWG maps them to C1 controls
        return data.decode("cp1252", "replace") if sum(data.count(b) for b in _HOLES) else None
    return None


_HOLES = (b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d")
_SINGLE_BYTE = re.compile(r"(cp\d+|iso8859-\d+|ascii|mac-.*|koi8-.)$")


def _looks_utf8(data: bytes, codec: str) -> bool:
    """True where bytes declared as a single-byte charset form valid multi-byte UTF-8."""
    if not _high(data) or not _SINGLE_BYTE.match(codec) or codec in ("cp932", "cp949", "cp950"):
        return False
    return _strict(data, "utf-8") is not None


def _undeclared(data: bytes, defect: str) -> Decoded:
    if not _high(data):
        if b"\x1b$" in data:
            text = _strict(data, "iso2022_jp_ext")
            if text is not None:
                return Decoded(clean_text(text), "iso2022_jp", defect)
        return Decoded(clean_text(data.decode("ascii")), "ascii", defect)
    text = _strict(data, "utf-8")
    if text is not None:
        return Decoded(clean_text(text), "utf-8", defect)
    codec = _detect(data)
    return Decoded(
        clean_text(data.decode(codec, "replace")), codec, defect or f"no charset fits, read as {codec}"
    )


def _detect(data: bytes) -> str:
    """The likeliest legacy charset. Western is tried first: statistics need more text than a short mail has."""
    sample = data[:_DETECT_BYTES]
    high = [byte for byte in sample if byte > 127]
    if len(high) * 2 <= len(sample) and all(byte in _WESTERN for byte in high):
        return "cp1252"
    if _mostly_utf8(sample):
        return "utf-8"
    best = from_bytes(sample, cp_isolation=_CANDIDATES, explain=False, language_threshold=0.05).best()
    return best.encoding if best is not None else "cp1252"


def _mostly_utf8(sample: bytes) -> bool:
    """Cut or slightly damaged UTF-8: far more whole sequences than stray bytes."""
    text = sample.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    good = sum(1 for char in text if char > "\x7f") - bad
    return good > 2 * bad
