"""The start page: sends everybody to where they belong."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import viewer_of
from leitstelle.kernel.web.addresses import address_or_nothing
from leitstelle.kernel.web.start import start_page


def home(request: HttpRequest) -> HttpResponse:
    """Agents to the workspace, requesters to the portal, guests to the sign-in page."""
    viewer = viewer_of(request)
    return HttpResponseRedirect(home_of(viewer) if viewer.person_id else reverse("account_login"))


def home_of(viewer: Viewer) -> str:
    """The address of the viewer's own start page; the profile where no such page is installed.

    While a desk is being set up, whoever sets it up begins with the first steps.
    """
    if begun := start_page(viewer):
        return begun
    name = settings.WORKSPACE_HOME if viewer.is_agent else settings.PORTAL_HOME
    return address_or_nothing(name) or reverse("accounts:profile")
