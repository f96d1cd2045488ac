"""HTML of mails: what is safe to show, and the text a person would read in it.

Sanitising happens here on the way in; the page that shows it adds its own sandbox. Nothing is ever fetched:
images from elsewhere keep their address in `data-remote-src`, so that a page can offer to load them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from html.parser import HTMLParser

import nh3

MAX_HTML = 2_000_000
MAX_NESTING = 400
MAX_ATTRIBUTES = 2_000
_TAGS_NAMES = (
    "a abbr acronym address b bdi bdo big blockquote br caption center cite code col colgroup "
    "dd del dfn div dl dt em figcaption figure font h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark "
    "ol p pre q rp rt ruby s samp small span strike strong sub sup table tbody td tfoot th "
    "thead time tr tt u ul var wbr"
)
_TAGS = frozenset(_TAGS_NAMES.split())
_ATTRIBUTES = {
    "*": {"dir", "lang", "title"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan", "align", "valign"},
    "th": {"colspan", "rowspan", "align", "valign", "scope"},
    "ol": {"start", "type"},
    "blockquote": {"type"},
    "font": {"color"},
    "table": {"align"},
    "p": {"align"},
    "div": {"align"},
}
_DROPPED_WITH_CONTENT = {
    "script",
    "style",
    "title",
    "head",
    "object",
    "embed",
    "applet",
    "noscript",
    "template",
    "iframe",
    "svg",
    "math",
    "select",
    "textarea",
}
_IMAGE_DATA = re.compile(r"data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]*\Z")
_IMAGE = re.compile(r'<img(?: [a-z-]+="[^"]*")*>')
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,15})")
_WHOLE_TAG = re.compile(r"""<[a-zA-Z/](?:[^"'>]|"[^"]*"|'[^']*')*+""")
_QUOTED = re.compile(r""""[^"]*"|'[^']*'""")
_BETWEEN_ATTRIBUTES = re.compile(r"[\s/=]+")
_VOID = {
    "br",
    "img",
    "hr",
    "col",
    "wbr",
    "meta",
    "link",
    "input",
    "area",
    "base",
    "embed",
    "source",
    "p",
    "li",
}


@dataclass(frozen=True)
class CleanHtml:
    """`remote_images` counts images that were kept from loading."""

    html: str
    remote_images: int = 0
    defect: str = ""


def sanitize(html: str) -> CleanHtml:
    """Allow-listed HTML without scripts, styles, forms or anything that loads from elsewhere."""
    defect = ""
    if len(html) > MAX_HTML:
        html, defect = html[:MAX_HTML], "HTML too large, cut"
    if _nesting(html) > MAX_NESTING or _is_crowded(html):
        return CleanHtml(escape(_without_tags(html)), 0, "HTML nested too deeply, shown as text")
    cleaned = nh3.clean(
        html,
        tags=set(_TAGS),
        attributes=_ATTRIBUTES,
        clean_content_tags=_DROPPED_WITH_CONTENT,
        attribute_filter=_filter,
        url_schemes={"http", "https", "cid", "mailto", "tel", "data"},
        link_rel="noopener noreferrer nofollow",
    )
    held = _Held()
    return CleanHtml(_IMAGE.sub(held, cleaned), held.count, defect)


class _Held:
    """Moves the source of remote images out of the way and counts them."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, found: re.Match[str]) -> str:
        tag = found[0]
        if ' src="cid:' in tag or ' src="data:' in tag or ' src="' not in tag:
            return tag
        self.count += 1
        return tag.replace(' src="', ' data-remote-src="')


def _filter(tag: str, attribute: str, value: str) -> str | None:
    if attribute not in ("href", "src"):
        return value
    address = value.strip()
    if address[:5].lower() == "data:":
        return address if tag == "img" and _IMAGE_DATA.match(address) else None
    if ":" not in address or address.startswith(("/", "?", "#")):
        return None  # relative to nothing in a mail, or to our own pages: both wrong
    return address


def _nesting(html: str) -> int:
    """An upper estimate of how deep elements are nested; the parser takes quadratic time in it."""
    depth = deepest = 0
    for start, _end in _tags(html):
        found = _TAG.match(html, start)
        if found is None or found[2].lower() in _VOID:
            continue
        depth = max(0, depth - 1) if found[1] else depth + 1
        deepest = max(deepest, depth)
    return deepest


def _is_crowded(html: str) -> bool:
    """Whether a tag has thousands of attributes: the parser compares each with all those before it."""
    return any(
        len(_BETWEEN_ATTRIBUTES.findall(_QUOTED.sub("", found[0]))) > MAX_ATTRIBUTES
        for found in _WHOLE_TAG.finditer(html)
        if len(found[0]) > MAX_ATTRIBUTES
    )


def _tags(html: str) -> Iterator[tuple[int, int]]:
    """Start and end of everything in angle brackets. No pattern: it would look for the end anew at each start."""
    end = 0
    while (start := html.find("<", end)) >= 0 and (closing := html.find(">", start)) >= 0:
        end = closing + 1
        yield start, end


def _without_tags(html: str) -> str:
    parts, last = [], 0
    for start, end in _tags(html):
        parts.append(html[last:start])
        last = end
    return " ".join([*parts, html[last:]])


# --- text ---

_BLOCKS = {
    "p",
    "div",
    "table",
    "tr",
    "ul",
    "ol",
    "dl",
    "dt",
    "dd",
    "pre",
    "address",
    "center",
    "figure",
    "li",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "caption",
    "figcaption",
    "blockquote",
}
_PARAGRAPHS = {"p", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "blockquote", "table"}
_WHITE = re.compile(r"[ \t\r\n]+")


def html_to_text(clean: str) -> str:
    """Readable text of sanitised HTML: lists with signs, links with their address, quotations behind `> `."""
    writer = _TextWriter()
    writer.feed(clean)
    writer.close()
    return writer.text()


class _TextWriter(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self.pieces: list[str] = []  # of the line being written; joined once, as adding up texts is quadratic
        self.space = False
        self.quote = 0
        self.pre = 0
        self.lists: list[int] = []  # 0 = bullets, otherwise the next number
        self.links: list[tuple[str, int]] = []
        self.typed: list[str] = []  # since the outermost open link

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {key: value or "" for key, value in attrs}
        if tag in _BLOCKS:
            self._break(blank=tag in _PARAGRAPHS and not self.lists)
        if tag == "br":
            self._newline()
        elif tag == "hr":
            self._break(blank=False)
            self.lines.append(self._prefix() + "-" * 30)
        elif tag in ("td", "th") and self._begun():
            self._put("  ")
        elif tag in ("blockquote", "pre", "ul", "ol", "li"):
            self._open(tag, values)
        elif tag == "a":
            self.links.append((values.get("href", ""), len(self.typed)))
        elif tag == "img" and values.get("alt", "").strip():
            self._put(f"[{_WHITE.sub(' ', values['alt']).strip()}]")

    def _open(self, tag: str, values: dict[str, str]) -> None:
        if tag == "blockquote":
            self.quote += 1
        elif tag == "pre":
            self.pre += 1
        elif tag == "li":
            number = self.lists[-1] if self.lists else 0
            self._put(f"{number}. " if number else "- ")
            if number:
                self.lists[-1] += 1
        else:
            start = values.get("start", "1")
            self.lists.append(0 if tag == "ul" else int(start) if start.isdecimal() and len(start) < 6 else 1)

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self.links:
            self._close_link()
        if tag in _BLOCKS:
            self._break(blank=tag in _PARAGRAPHS and len(self.lists) <= (tag in ("ul", "ol")))
        if tag == "blockquote":
            self.quote = max(0, self.quote - 1)
        elif tag == "pre":
            self.pre = max(0, self.pre - 1)
        elif tag in ("ul", "ol") and self.lists:
            self.lists.pop()

    def _close_link(self) -> None:
        address, start = self.links.pop()
        shown = "".join(self.typed[start:]).strip()
        target = address.removeprefix("mailto:").removeprefix("tel:")
        if address.startswith(("http", "mailto:")) and not _same(shown, target):
            self._put(f" <{target}>" if shown else f"<{target}>")

    def handle_data(self, data: str) -> None:
        if self.pre:
            first, *rest = data.split("\n")
            self._put(first, raw=True)
            for line in rest:
                self._newline()
                self._put(line, raw=True)
            return
        words = _WHITE.sub(" ", data)
        if words.startswith(" "):
            self.space = True
        if words.strip(" "):
            lead = " " if self.space and self.pieces and not self.pieces[-1].endswith(" ") else ""
            self._put(lead + words.strip(" "))
            self.space = words.endswith(" ")

    def _put(self, text: str, raw: bool = False) -> None:
        if text:
            self.pieces.append(text)
        if self.links:
            self.typed.append(text)
        else:
            self.typed.clear()
        if not raw:
            self.space = False

    def _prefix(self) -> str:
        return "> " * self.quote

    def _indent(self) -> str:
        return "  " * max(0, len(self.lists) - 1)

    def _begun(self) -> bool:
        return any(piece.strip() for piece in self.pieces)

    def _newline(self) -> None:
        self.lines.append("".join([self._prefix(), self._indent(), *self.pieces]).rstrip())
        self.pieces.clear()
        self.space = False

    def _break(self, blank: bool) -> None:
        if self._begun() or (self.pre and self.pieces):
            self._newline()
        self.pieces.clear()
        if blank and self.lines and self.lines[-1].strip("> "):
            self.lines.append(self._prefix().rstrip())

    def text(self) -> str:
        self._break(blank=False)
        while self.lines and not self.lines[-1].strip("> "):
            self.lines.pop()
        text = "\n".join(line.replace("\xa0", " ").rstrip() for line in self.lines)
        return re.sub(r"\n{4,}", "\n\n\n", text).strip("\n")


def _same(shown: str, target: str) -> bool:
    plain = target.partition("://")[2] or target
    return shown.rstrip("/").lower() in (
        target.rstrip("/").lower(),
        plain.rstrip("/").lower(),
        plain.removeprefix("www.").rstrip("/").lower(),
    )
