"""Who was invited to the desk and has not come yet; inviting, sending again, withdrawing."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from leitstelle.accounts import actions, policies
from leitstelle.accounts.forms.house import InviteForm
from leitstelle.accounts.models import Invitation
from leitstelle.accounts.views.finding import one
from leitstelle.accounts.views.invitations import invitation_link, send_invitation
from leitstelle.kernel.errors import DomainError
from leitstelle.kernel.events import unit
from leitstelle.kernel.mail.transports import resolve_transport
from leitstelle.kernel.web import go, page, toast, viewer_of
from leitstelle.kernel.web.forms import add_domain_error


@never_cache
@require_http_methods(["GET", "POST"])
def invitations(request: HttpRequest) -> HttpResponse:
    """Open invitations with their links, and the form for another one."""
    viewer, now = viewer_of(request), timezone.now()
    policies.require(policies.can_administer(viewer))
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and invite(request, form, now):
        return go(request, reverse("accounts:admin-invitations"))
    context = {"form": form, "rows": open_rows(request, now), "mail_works": mail_works()}
    return page(request, "accounts/admin/invitations.html", context, status=422 if form.errors else 200)


def invite(request: HttpRequest, form: InviteForm, now: datetime) -> bool:
    """Invite by a valid form and send the mail; a refusal goes into the form."""
    try:
        with unit():
            person, invitation = actions.invite_agent(form.to_input(), by=viewer_of(request), now=now)
            if invitation is not None:
                send_invitation(request, invitation, now=now)
    except DomainError as error:
        add_domain_error(form, error)
        return False
    if invitation is None:
        toast(request, _("%(name)s can sign in already and has the role now") % {"name": person.display_name})
    elif mail_works():
        toast(request, _("Invitation sent to %(name)s") % {"name": person.display_name})
    else:
        toast(request, _("Invited. No mail leaves yet: please hand over the link."), tone="warn")
    return True


def open_rows(request: HttpRequest, now: datetime) -> list[tuple[Invitation, str, bool]]:
    """Invitations nobody followed yet: the row, its link, and whether it has expired."""
    rows = policies.visible_invitations(viewer_of(request)).filter(
        accepted_at__isnull=True, withdrawn_at__isnull=True
    )
    found = rows.select_related("point__person").prefetch_related("point__person__memberships__team")
    return [(row, invitation_link(request, row), row.expires_at <= now) for row in found[:200]]


def mail_works() -> bool:
    """Whether the house has an account to send with."""
    return resolve_transport("default") is not None


@require_POST
def renew(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A new link by a new mail; the old one stops working."""
    viewer, now = viewer_of(request), timezone.now()
    row = one(policies.visible_invitations(viewer), public_id=public_id)
    with unit():
        actions.renew_invitation(row, by=viewer, now=now)
        send_invitation(request, row, now=now)
    toast(request, _("Invitation sent again; the link before it no longer works"))
    return go(request, reverse("accounts:admin-invitations"))


@require_POST
def withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Let the link stop working."""
    viewer = viewer_of(request)
    row = one(policies.visible_invitations(viewer), public_id=public_id)
    actions.withdraw_invitation(row, by=viewer, now=timezone.now())
    toast(request, _("Invitation withdrawn"))
    return go(request, reverse("accounts:admin-invitations"))
