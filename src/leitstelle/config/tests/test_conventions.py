"""Conventions that neither import-linter nor ruff can see: directions of templates, keys and names; strict CSP;
where raw SQL may stand; doors that fetch through `visible_*`; English msgids.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

import leitstelle
from leitstelle.config.tests.routes import every_route

PACKAGE = Path(leitstelle.__file__).parent
# Lowest first; a package may use itself and everything before it.
ORDER = ("kernel", *settings.DOMAINS, "config")
TEMPLATES = sorted(path for path in PACKAGE.rglob("*templates/**/*") if path.suffix in (".html", ".txt"))


def package_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0]


def may_use(user: str, used: str) -> bool:
    return ORDER.index(used) <= ORDER.index(user)


def product_files() -> Iterator[Path]:
    """Python files that ship, generated migrations and tests apart."""
    for path in sorted(PACKAGE.rglob("*.py")):
        if not {"tests", "migrations"} & set(path.parts) and path.name != "conftest.py":
            yield path


def short(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


# --- directions ------------------------------------------------------------------------------------------------


def test_foreign_keys_point_downwards() -> None:
    wrong = []
    for model in apps.get_models(include_auto_created=True):
        user = _package_of_module(model.__module__)
        for field in model._meta.get_fields():
            target = field.related_model
            if field.auto_created or not isinstance(target, type):
                continue
            used = _package_of_module(target.__module__)
            if user and used and not may_use(user, used):
                wrong.append(f"{model.__name__}.{field.name} -> {target.__name__}")
    assert wrong == []


def _package_of_module(name: str) -> str:
    parts = name.split(".")
    return parts[1] if parts[0] == "leitstelle" and parts[1] in ORDER else ""


INCLUDED = re.compile(r"""{%-?\s*(?:include|extends|import|from)\s+["']([^"']+)["']""")


def test_templates_include_downwards() -> None:
    owner = {path.relative_to(_templates_root(path)).as_posix(): package_of(path) for path in TEMPLATES}
    wrong = []
    for path in TEMPLATES:
        for name in INCLUDED.findall(path.read_text("utf-8")):
            used = owner.get(name)
            if used is None and "django_templates" not in path.parts:
                wrong.append(f"{short(path)} includes {name}, which is nowhere")
            elif used is not None and not may_use(package_of(path), used):
                wrong.append(f"{short(path)} includes {name}")
    assert wrong == []


def _templates_root(path: Path) -> Path:
    return next(parent for parent in path.parents if parent.name in ("templates", "django_templates"))


NAMED = re.compile(
    r"""(?:\burl|\breverse|\baddress_or_nothing|\bredirect)\(\s*["']([a-z_-]+:[a-z_-]+|account_[a-z_]+)["']"""
)


def owners_of_names() -> dict[str, str]:
    return {
        name: _package_of_module(pattern.callback.__module__) or "kernel" for name, pattern in every_route()
    }


def test_names_of_addresses_exist_and_point_downwards() -> None:
    namespaces = {"portal": "intake", "web": "kernel", "api": "kernel"}
    known = owners_of_names()
    wrong = []
    for path in [*TEMPLATES, *product_files()]:
        for name in NAMED.findall(path.read_text("utf-8")):
            namespace = name.partition(":")[0]
            used = namespaces.get(namespace, namespace) if ":" in name else "accounts"
            # Sign-in is the one thing above the kernel that its frame must know; it copes with its absence.
            signing_in = package_of(path) == "kernel" and name.startswith("account_")
            if name not in known:
                wrong.append(f"{short(path)}: {name} is no address")
            elif not signing_in and used in ORDER and not may_use(package_of(path), used):
                wrong.append(f"{short(path)}: {name}")
    assert wrong == []


# --- strict content security policy ----------------------------------------------------------------------------

INLINE = (
    re.compile(r"\sstyle\s*=", re.IGNORECASE),
    re.compile(r"<style\b", re.IGNORECASE),
    re.compile(r"<script\b(?![^>]*\bsrc=)", re.IGNORECASE),
    re.compile(r"""\son[a-z]+\s*=\s*["'{]""", re.IGNORECASE),
    re.compile(r"javascript:", re.IGNORECASE),
    re.compile(r"\shx-on\b", re.IGNORECASE),
)
# Mail programs know no style sheets: the bodies of mails carry their styles themselves.
PAGES = [path for path in TEMPLATES if "mail" not in path.parts]


@pytest.mark.parametrize("path", PAGES, ids=short)
def test_no_page_has_inline_style_script_or_handlers(path: Path) -> None:
    text = re.sub(r"{#.*?#}", "", path.read_text("utf-8"), flags=re.DOTALL)
    assert [pattern.pattern for pattern in INLINE if pattern.search(text)] == []


def test_no_script_writes_inline_styles_or_evaluates_text() -> None:
    banned = re.compile(r"\beval\(|new Function\(|setAttribute\(\s*[\"']style|document\.write\(")
    own = [
        path for path in (PACKAGE / "kernel/web/static/web/js").rglob("*.js") if "vendor" not in path.parts
    ]
    assert own
    assert [short(path) for path in own if banned.search(path.read_text("utf-8"))] == []


# --- databases -------------------------------------------------------------------------------------------------

RAW_SQL = re.compile(
    r"\.cursor\(\)|RawSQL|\.raw\(|contrib\.postgres|connection\.vendor|\.extra\(|\bSELECT .* FROM\b"
)
# Only these know which database runs. The doctor looks at the connection itself, the bench fills it in bulk.
SQL_HOMES = ("kernel/db/", "kernel/search/", "config/doctor/", "config/bench/")


def test_raw_sql_stays_in_its_homes() -> None:
    files = (path for path in product_files() if not short(path).startswith(SQL_HOMES))
    assert [short(path) for path in files if RAW_SQL.search(path.read_text("utf-8"))] == []


# --- visibility ------------------------------------------------------------------------------------------------

GUARDED = {
    "Ticket", "Message", "MessageBody", "Attachment", "Handover", "Draft", "Participant", "TicketLink", "TicketAlias",
    "InboundMail", "Person", "ContactPoint", "Organisation", "Site", "Asset", "Event", "OutboxMail", "Blob",
}  # fmt: skip
DOORS = ("views", "api", "panels")
# Fetched otherwise, and why that shows nothing to anybody it is not for.
FETCHED_OTHERWISE = {
    ("accounts/panels.py", "Person"): "the row of whoever is signed in",
    ("accounts/api/people.py", "Person"): "the row of whoever is signed in",
    ("tickets/api/people.py", "TicketLink"): "links of a visible ticket, to take one away",
    ("intake/views/portal_home.py", "Person"): "the row of whoever is signed in",
    ("intake/views/portal_home.py", "Participant"): "the rows of whoever is signed in, as a filter",
    ("tickets/views/sentences.py", "Person"): "names in the sentences of a visible ticket",
}


def test_doors_fetch_through_visibility() -> None:
    found = {
        (short(path), node.value.id)
        for path in product_files()
        if any(part.removesuffix(".py") in DOORS for part in path.relative_to(PACKAGE).parts[1:2])
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in ("objects", "_default_manager")
        if isinstance(node.value, ast.Name) and node.value.id in GUARDED
    }
    assert found == set(FETCHED_OTHERWISE)


# --- words -----------------------------------------------------------------------------------------------------

GERMAN = re.compile(
    r"[äöüÄÖÜß]|\b(?:und|oder|nicht|bitte|keine?|wurde|wird|Sie|Ihre?|mit|von|für|eine?|zurück|Anmeldung|Kunde)\b"
)
MARKERS = {
    "_",
    "gettext",
    "gettext_lazy",
    "ngettext",
    "ngettext_lazy",
    "pgettext",
    "pgettext_lazy",
    "npgettext",
}


def test_texts_in_code_are_english() -> None:
    wrong = []
    for path in product_files():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in MARKERS:
                texts = [str(arg.value) for arg in node.args if isinstance(arg, ast.Constant)]
                wrong += [f"{short(path)}: {text}" for text in texts if GERMAN.search(text)]
    assert wrong == []


# Names that are the same in every language.
SAME_EVERYWHERE = {"Leitstelle", "Ctrl", "Enter", "Esc", "URL", "API", "P", "nbsp", "times", "middot"}
CLASSES = {"btn", "public"}
# Made-up sample data for developers and the accessibility test.
GALLERY = "web/gallery.html"
IN_JINJA = re.compile(r"{#.*?#}|{%-?\s*trans\b.*?{%-?\s*endtrans\s*-?%}|{%.*?%}|{{.*?}}", re.DOTALL)
TAG = re.compile(r"<!--.*?-->|<[^>]*>", re.DOTALL)


@pytest.mark.parametrize("path", TEMPLATES, ids=short)
def test_templates_show_no_untranslated_words(path: Path) -> None:
    text = path.read_text("utf-8")
    plain = TAG.sub(" ", IN_JINJA.sub(" ", text))
    words = set(re.findall(r"[^\W\d_]{2,}", plain)) - SAME_EVERYWHERE - CLASSES
    msgids = re.findall(r"""\b(?:_|ngettext|pgettext)\(\s*"((?:[^"\\]|\\.)*)\"""", text)
    msgids += re.findall(r"{%-?\s*trans\b[^%]*%}(.*?){%-?\s*endtrans", text, re.DOTALL)
    assert words == set() or path.as_posix().endswith(GALLERY)
    assert [msgid for msgid in msgids if GERMAN.search(msgid)] == []
