"""Where the first steps appear: at the first sign-in of an empty desk, in the administration, in the palette."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from leitstelle.accounts.policies import can_administer
from leitstelle.config.first_steps.steps import is_new
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import AdminSection, Command, register_admin_section, register_command
from leitstelle.kernel.web.start import register_start


@register_start
def begin(viewer: Viewer) -> str:
    """Administrators of an empty desk begin here, until they put it off."""
    if settings.DEMO or not can_administer(viewer) or not is_new():
        return ""
    return reverse("first-steps:overview")


register_admin_section(
    AdminSection(
        "first-steps",
        _("First steps"),
        "first-steps:overview",
        "list-check",
        _("House"),
        1,
        description=_("What a desk needs to begin, step by step"),
        shows=can_administer,
    )
)
register_command(
    Command("first-steps", _("First steps"), "first-steps:overview", "list-check", 90, shows=can_administer)
)
