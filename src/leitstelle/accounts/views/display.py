"""The display cookies of the shells, kept in step with the person's profile."""

from django.conf import settings
from django.http import HttpResponseBase

from leitstelle.accounts.choices import Density, Theme
from leitstelle.accounts.models import Person
from leitstelle.kernel.web.shell import DENSITY_COOKIE, KEYS_COOKIE, THEME_COOKIE

YEAR = 365 * 24 * 3600


def set_display_cookies(response: HttpResponseBase, person: Person) -> None:
    """Write theme, density and single keys where the shells read them without a query."""
    values = {
        THEME_COOKIE: "" if person.theme == Theme.SYSTEM else str(person.theme),
        DENSITY_COOKIE: "compact" if person.density == Density.COMPACT else "",
        KEYS_COOKIE: "" if person.single_keys else "off",
    }
    for name, value in values.items():
        if value:
            response.set_cookie(
                name, value, max_age=YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
            )
        else:
            response.delete_cookie(name, samesite="Lax")
