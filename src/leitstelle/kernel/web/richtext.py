"""Showing text that strangers wrote: HTML sanitised once more on the way out, plain text with links.

What comes in is cleaned at its door; this is the second lock (research, trap 27). Nothing is loaded from
elsewhere: an image is shown only where `images` names an address of ours for it.
"""

import re
from collections.abc import Mapping

import nh3
from markupsafe import Markup, escape

_TAG_NAMES = (
    "a b blockquote br caption code col colgroup dd del div dl dt em h1 h2 h3 h4 h5 h6 hr i img ins kbd li "
    "mark ol p pre q s samp small span strike strong sub sup table tbody td tfoot th thead tr tt u ul"
)
_TAGS = set(_TAG_NAMES.split())
_ATTRIBUTES = {
    "a": {"href"},
    "img": {"src", "alt"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "ol": {"start"},
}
_SCHEMES = {"http", "https", "mailto", "tel", "cid"}
_QUOTE = re.compile(r"<(/?)blockquote>")
_LINK = re.compile(r"\b(?:https?://|www\.)[^\s<>\"'`]+[^\s<>\"'`.,;:!?)\]}]", re.IGNORECASE)


def clean_html(html: str, images: Mapping[str, str] | None = None) -> Markup:
    """Return `html` fit for a page. `images` maps content ids to our own addresses of inline images."""
    ours = images or {}

    def attribute(tag: str, name: str, value: str) -> str | None:
        if tag == "img" and name == "src":
            return ours.get(value.removeprefix("cid:").strip("<>")) if value.startswith("cid:") else None
        return value

    cleaned = nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer nofollow",
        attribute_filter=attribute,
    )
    # Safe: nh3 has just reduced it to the tags and attributes above.
    return Markup(cleaned)  # noqa: S704


def fold_quotes(html: Markup, label: str) -> Markup:
    """Return cleaned HTML with every outermost quotation folded under `label`; nothing is dropped."""
    opening = Markup('<details class="quoted"><summary>{}</summary>').format(label) + Markup("<blockquote>")
    parts: list[str] = []
    depth = end = 0
    for found in _QUOTE.finditer(html):
        step = -1 if found.group(1) else 1
        outermost = depth + min(step, 0) == 0
        parts.append(html[end : found.start()])
        parts.append((opening if step > 0 else "</blockquote></details>") if outermost else found.group())
        depth, end = depth + step, found.end()
    # Safe: only markup of our own was put between the parts of cleaned HTML.
    return Markup("".join([*parts, html[end:]]))  # noqa: S704


def linked_text(text: str) -> Markup:
    """Return plain text as HTML in which web addresses are links; line breaks are kept by the style sheet."""
    parts, end = [], 0
    for found in _LINK.finditer(text):
        address = found.group()
        target = address if "://" in address else f"https://{address}"
        parts += [
            escape(text[end : found.start()]),
            Markup('<a href="{}" rel="noopener noreferrer nofollow">{}</a>').format(target, address),
        ]
        end = found.end()
    return Markup("").join([*parts, escape(text[end:])])
