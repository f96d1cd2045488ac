"""The start page: sends everybody to where they belong."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import NoReverseMatch, reverse

from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import viewer_of


def home(request: HttpRequest) -> HttpResponse:
    """Agents to the workspace, requesters to the portal, guests to the sign-in page."""
    viewer = viewer_of(request)
    return HttpResponseRedirect(home_of(viewer) if viewer.person_id else reverse("account_login"))


def home_of(viewer: Viewer) -> str:
    """The address of the viewer's own start page; the profile where no such page is installed."""
    name = settings.WORKSPACE_HOME if viewer.is_agent else settings.PORTAL_HOME
    return address_of(name) or reverse("accounts:profile")


def address_of(name: str) -> str:
    """The address of a named page of another domain, empty where it is not installed."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
