"""Setting up a sign-in, and proving addresses: a mail with a link, a page that asks once more, a POST.

Nobody is created, claimed or shown before the address is proven, and the answer to an address is
the same whether it is known or not.
"""

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_safe

from leitstelle.accounts import actions, queries
from leitstelle.accounts.errors import AddressTaken, LinkNotValid
from leitstelle.accounts.forms.sign_in import ClaimForm, SignUpForm
from leitstelle.accounts.models import Person
from leitstelle.accounts.views.guard import check_link, may_mail
from leitstelle.accounts.views.links import VERIFY, AddressLink, claim_link, read_link
from leitstelle.accounts.views.mails import absolute, send_account_mail
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import go, render, toast


@never_cache
def sign_up(request: HttpRequest) -> HttpResponse:
    """Ask for an address and send a link there."""
    form = SignUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        address = form.cleaned_data["email"]
        if may_mail(request, address, timezone.now()):
            _send_sign_up(request, address)
        return go(request, reverse("accounts:sent"))
    return render(request, "accounts/sign_up.html", {"form": form}, status=422 if form.errors else 200)


def _send_sign_up(request: HttpRequest, address: str) -> None:
    person = queries.find_by_email(address)
    has_account = person is not None and (person.has_usable_password() or not person.is_active)
    kind = "account_exists" if has_account else "sign_up"
    links = {
        "link": "" if has_account else claim_link(request, address),
        "sign_in_url": absolute(request, reverse("account_login")),
        "reset_url": absolute(request, reverse("account_reset_password")),
    }
    language = translation.get_language() or "de"
    send_account_mail(kind, address, links, person=person, language=language, now=timezone.now())


@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """A mail is on its way."""
    return render(request, "accounts/mail_sent.html", {})


@never_cache
@sensitive_post_parameters("password1", "password2")
def confirm(request: HttpRequest, signed: str) -> HttpResponseBase:
    """The page a link leads to; only its button changes anything, because scanners open links."""
    check_link(request, timezone.now())
    try:
        link = read_link(signed)
        return _verify(request, link) if link.kind == VERIFY else _claim(request, link)
    except LinkNotValid as error:
        return render(request, "accounts/link_not_valid.html", {"error": error}, status=error.status)


def _claim(request: HttpRequest, link: AddressLink) -> HttpResponseBase:
    person = queries.find_by_email(link.address)
    if person is not None and (person.has_usable_password() or not person.is_active):
        raise LinkNotValid
    form = ClaimForm(request.POST or None, known_name=person.display_name if person else "")
    if request.method == "POST" and form.is_valid():
        name, password = form.cleaned_data.get("name", ""), form.cleaned_data["password1"]
        claimed = actions.claim_account(link.address, name, password, by=Viewer.system(), now=timezone.now())
        record_authentication(request, claimed, method="email", email=link.address)
        response: HttpResponseBase = perform_login(request, claimed, email=link.address)
        return response
    context = {"form": form, "address": link.address, "person": person}
    return render(request, "accounts/claim.html", context, status=422 if form.errors else 200)


def _verify(request: HttpRequest, link: AddressLink) -> HttpResponseBase:
    """Add the address to whoever asked for it; nobody else can, so no stranger is talked into it."""
    if not isinstance(request.user, Person):
        return redirect_to_login(request.get_full_path())
    if request.user.pk != link.person_id:
        raise LinkNotValid
    if request.method == "POST":
        try:
            actions.prove_address(request.user, link.address, by=Viewer.system(), now=timezone.now())
        except AddressTaken as error:
            raise LinkNotValid from error
        toast(request, _("The address %(address)s is confirmed.") % {"address": link.address})
        return go(request, reverse("accounts:profile"))
    return render(request, "accounts/verify.html", {"address": link.address})
