"""Rich text as Outlook packs it: decompression (MS-OXRTFCP) and its words. Bounded, never raises."""

import re

_DICTIONARY = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript "
    b"\\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n"
    b"\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
MAX_RTF = 4_000_000
_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|[\r\n]+|([^\\{}\r\n]+)"
)
_HIDDEN = {
    "fonttbl",
    "colortbl",
    "stylesheet",
    "info",
    "pict",
    "object",
    "themedata",
    "generator",
    "listtable",
}
_SIGNS = {"par": "\n", "line": "\n", "row": "\n", "tab": "\t", "cell": "\t", "emdash": "—", "endash": "–"}
_SIGNS |= {"lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”", "bullet": "•"}
_CODE_PAGE = re.compile(rb"\\ansicpg(\d{3,5})")


def decompress(data: bytes) -> bytes:
    """The text of PR_RTF_COMPRESSED, as much of it as is whole."""
    if len(data) < 16:
        return b""
    size, kind = int.from_bytes(data[4:8], "little"), data[8:12]
    if kind == b"MELA":
        return data[16 : 16 + min(size, MAX_RTF)]
    if kind != b"LZFu":
        return b""
    return _Expander(data[16:], min(size, MAX_RTF)).run()


class _Expander:
    """Letters, and pairs that say where in the last 4096 bytes a run of them stands."""

    def __init__(self, data: bytes, most: int) -> None:
        self._data, self._most = data, most
        self._window = bytearray(_DICTIONARY.ljust(4096, b"\x00"))
        self._place, self._at = len(_DICTIONARY), 0
        self._out = bytearray()

    def run(self) -> bytes:
        while self._at < len(self._data) and len(self._out) < self._most:
            control = self._data[self._at]
            self._at += 1
            if not all(self._step(control >> bit & 1) for bit in range(8)):
                break
        return bytes(self._out[: self._most])

    def _step(self, is_pair: int) -> bool:
        if not is_pair:
            if self._at < len(self._data):
                self._put(self._data[self._at])
                self._at += 1
            return True
        if self._at + 1 >= len(self._data):
            return False
        pair = self._data[self._at] << 8 | self._data[self._at + 1]
        self._at += 2
        start, length = pair >> 4, (pair & 15) + 2
        if start == self._place:
            return False  # the end, as it is marked
        for step in range(length):
            self._put(self._window[(start + step) % 4096])
        return True

    def _put(self, byte: int) -> None:
        self._out.append(byte)
        self._window[self._place] = byte
        self._place = (self._place + 1) % 4096


def rtf_text(rtf: bytes) -> str:
    """The words of rich text, paragraphs as lines; of HTML packed in it, its text."""
    found = _CODE_PAGE.search(rtf[:500])
    page = f"cp{found[1].decode()}" if found else "cp1252"
    if page == "cp65001":
        page = "utf-8"
    reader = _Words(page)
    for token in _TOKEN.finditer(rtf[:MAX_RTF]):
        reader.take(token)
    return re.sub(r"\n{3,}", "\n\n", "".join(reader.out)).strip()


class _Words:
    """Collects what is shown; a group may be hidden with all that is in it."""

    def __init__(self, page: str) -> None:
        self.out: list[str] = []
        self._page = page
        self._hidden = [False]
        self._skip = 0  # characters that stand for a Unicode one, for readers that know none
        self._packed = False

    def take(self, token: "re.Match[bytes]") -> None:
        word, number, code, sign, brace, text = token.groups()
        if brace:
            self._brace(brace)
        elif word:
            self._word(word.decode("ascii"), int(number) if number else None)
        elif sign:
            self._sign(sign)
        elif code or text:
            self._bytes(bytes([int(code, 16)]) if code else text)

    def _brace(self, brace: bytes) -> None:
        if brace == b"{" and len(self._hidden) < 10_000:
            self._hidden.append(self._hidden[-1])
        elif brace == b"}" and len(self._hidden) > 1:
            self._hidden.pop()

    def _sign(self, sign: bytes) -> None:
        if sign == b"*":
            self._hidden[-1] = True
        elif sign in (b"\\", b"{", b"}"):
            self._say(sign.decode())
        elif sign == b"~":
            self._say(" ")

    def _word(self, word: str, number: int | None) -> None:
        if word in _HIDDEN:
            self._hidden[-1] = True
        elif word == "htmlrtf":
            self._packed = number != 0
        elif word == "u" and number is not None:
            value = number % 65536
            self._say("" if 0xD800 <= value <= 0xDFFF or not value else chr(value))
            self._skip = 1
        elif word in _SIGNS:
            self._say(_SIGNS[word])

    def _bytes(self, data: bytes) -> None:
        if self._skip:
            data, self._skip = data[self._skip :], 0
        try:
            self._say(data.decode(self._page, "replace"))
        except LookupError:
            self._say(data.decode("cp1252", "replace"))

    def _say(self, text: str) -> None:
        if not self._hidden[-1] and not self._packed:
            self.out.append(text.replace("\x00", ""))
