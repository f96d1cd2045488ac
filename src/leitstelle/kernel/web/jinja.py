"""The Jinja2 environment of all product pages and mails.

Owns: autoescape, translations, globals and filters. Components are macros in `templates/components`, one file
each, and are reached in every template as `ui.<name>(…)` without an import.
"""

from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

import jinja2
from django.contrib.staticfiles.storage import staticfiles_storage
from django.templatetags.static import static
from django.utils import translation
from markupsafe import Markup

from . import formats, forms
from .addresses import address
from .slots import Panel

_FILTERS: dict[str, Callable[..., Any]] = {
    "day": formats.day,
    "day_time": formats.day_time,
    "field_time": formats.field_time,
    "long_day": formats.long_day,
    "clock_time": formats.clock_time,
    "short": formats.short,
    "ago": formats.ago,
    "iso": formats.iso,
    "duration": formats.duration,
    "hours_minutes": formats.hours_minutes,
    "number": formats.number,
    "percent": formats.percent,
    "filesize": formats.filesize,
    "initials": formats.initials,
    "colour_of": formats.colour_of,
    "step": formats.step,
    "widget": forms.widget,
    "widget_kind": forms.widget_kind,
    "allows_many": forms.allows_many,
}


class Components:
    """Gives `ui.prio(…)`: the macro `prio` of `components/prio.html`, or a macro listed in `_HOMES`."""

    def __init__(self, environment: jinja2.Environment) -> None:
        self._environment = environment
        self._macros: dict[str, Callable[..., Markup]] = {}

    def __getattr__(self, name: str) -> Callable[..., Markup]:
        if name.startswith("__"):
            raise AttributeError(name)
        macro = self._macros.get(name)
        reloads = self._environment.auto_reload
        if macro is None or reloads:
            module = self._environment.get_template(f"components/{_HOMES.get(name, name)}.html").module
            macro = getattr(module, name)
            self._macros[name] = macro = macro if reloads or name not in _PURE else _remembered(macro)
        return macro

    def panel(self, panel: Panel, **extra: Any) -> Markup:
        """Draw what filled a slot; extra names (csrf_input, viewer) join the panel's own context."""
        template = self._environment.get_template(panel.template)
        return Markup(template.render({**extra, **panel.context}))  # noqa: S704 - the template escapes


# Components that look the same for the same values in one language, and stand in every row of a list.
_PURE = frozenset({"avatar", "icon", "level", "prio", "status"})


def _remembered(macro: Callable[..., Markup]) -> Callable[..., Markup]:
    """Draw each distinct component once. Typed, because markup and a text of the same letters are not the same."""

    @lru_cache(maxsize=4096, typed=True)
    def drawn(_language: str, *args: Any, **kwargs: Any) -> Markup:
        return macro(*args, **kwargs)

    def draw(*args: Any, **kwargs: Any) -> Markup:
        return drawn(formats.language(), *args, **kwargs)

    return draw


# Macros that live together with a sibling; every other macro has a file of its own name.
_HOMES = {
    "person": "avatar",
    "count": "badge",
    "dot_state": "badge",
    "link_button": "button",
    "icon_button": "button",
    "copy_button": "button",
    "menu_item": "menu",
    "skeleton": "empty",
    "field_row": "field",
    "form_fields": "field",
    "error_summary": "field",
    "control": "field",
    "tab": "tabs",
    "seg": "tabs",
    "dialog_foot": "dialog",
    "message": "thread",
    "event": "thread",
    "daymark": "thread",
    "attachment": "thread",
    "kpis": "kpi",
    "bar": "kpi",
    "stack": "kpi",
    "day": "time",
    "ago": "time",
    "duration": "time",
}


@cache
def sprite_url() -> str:
    """Address of the icon sprite (hashed where static files are)."""
    return str(staticfiles_storage.url("web/icons.svg"))


@jinja2.pass_eval_context
def text(context: jinja2.nodes.EvalContext, message: str, /, **values: Any) -> str:
    """Translate a text and fill in its values, as Jinja2's own does at three times the cost.

    A list shows hundreds of texts, nearly all without values: those are taken as they are.
    """
    found = translation.gettext(message)
    if context.autoescape:
        found = Markup(found)  # noqa: S704 - catalogues are part of the product
    return found % values if values or "%" in found else found


def environment(**options: Any) -> jinja2.Environment:
    """Build the environment; Django calls it with the options of the settings."""
    options.setdefault("autoescape", True)
    options.setdefault("trim_blocks", True)
    options.setdefault("lstrip_blocks", True)
    options.setdefault("undefined", jinja2.StrictUndefined)
    options["extensions"] = [*options.get("extensions", []), "jinja2.ext.i18n", "jinja2.ext.do"]
    env = jinja2.Environment(**options)  # noqa: S701 - autoescape is set above
    env.policies["ext.i18n.trimmed"] = True
    env.install_gettext_callables(  # type: ignore[attr-defined]
        translation.gettext,
        translation.ngettext,
        newstyle=True,
        pgettext=translation.pgettext,
        npgettext=translation.npgettext,
    )
    env.filters.update(_FILTERS)
    env.globals.update(
        gettext=text,
        _=text,
        static=static,
        url=address,
        sprite=sprite_url,
        language=formats.language,
        ui=Components(env),
    )
    return env
