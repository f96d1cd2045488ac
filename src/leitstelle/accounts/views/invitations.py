"""The way of an invitation: its mail, its link, and the page that sets the password."""

from datetime import datetime

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from leitstelle.accounts import actions, queries
from leitstelle.accounts.errors import LinkNotValid
from leitstelle.accounts.forms.sign_in import ClaimForm
from leitstelle.accounts.models import Invitation
from leitstelle.accounts.views.guard import check_link
from leitstelle.accounts.views.mails import absolute, send_account_mail
from leitstelle.kernel.secrets import sign, unsign
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import render

PURPOSE = "accounts.invitation"


def invitation_link(request: HttpRequest, invitation: Invitation) -> str:
    """The link with which the invited person sets a password; only the newest one of an invitation works."""
    signed = sign(f"{invitation.public_id}:{invitation.number}", PURPOSE)
    return absolute(request, reverse("accounts:invitation", args=[signed]))


def send_invitation(request: HttpRequest, invitation: Invitation, *, now: datetime) -> None:
    """Queue the mail with the link, in the invited person's language."""
    person = invitation.point.person
    context = {"link": invitation_link(request, invitation)}
    send_account_mail(
        "invitation", invitation.point.value, context, person=person, language=person.language, now=now
    )


@never_cache
@sensitive_post_parameters("password1", "password2")
def accept(request: HttpRequest, signed: str) -> HttpResponseBase:
    """Ask for a password and sign in; opening the link changes nothing, because scanners open links."""
    now = timezone.now()
    check_link(request, now)
    try:
        invitation = _read(signed, now)
        return _accept(request, invitation, now)
    except LinkNotValid as error:
        return render(request, "accounts/link_not_valid.html", {"error": error}, status=error.status)


def _read(signed: str, now: datetime) -> Invitation:
    try:
        public_id, _, number = unsign(signed, PURPOSE).partition(":")
        invitation = queries.open_invitation(public_id, int(number), now=now)
    except (BadSignature, ValueError) as error:
        raise LinkNotValid from error
    if invitation is None:
        raise LinkNotValid
    return invitation


def _accept(request: HttpRequest, invitation: Invitation, now: datetime) -> HttpResponseBase:
    person, address = invitation.point.person, invitation.point.value
    form = ClaimForm(request.POST or None, known_name=person.display_name)
    if request.method == "POST" and form.is_valid():
        password = form.cleaned_data["password1"]
        accepted = actions.accept_invitation(invitation, password, by=Viewer.system(), now=now)
        record_authentication(request, accepted, method="email", email=address)
        response: HttpResponse = perform_login(request, accepted, email=address)
        return response
    context = {"form": form, "address": address, "person": person}
    return render(request, "accounts/claim.html", context, status=422 if form.errors else 200)
