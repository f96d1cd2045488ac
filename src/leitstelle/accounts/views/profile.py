"""One's own profile: language, looks, addresses and numbers."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from leitstelle.accounts import actions, labels, queries
from leitstelle.accounts.choices import ContactKind
from leitstelle.accounts.forms.people import ContactForm, NameForm, ProfileForm, SignatureForm
from leitstelle.accounts.models import Person
from leitstelle.accounts.policies import agents
from leitstelle.accounts.queries.viewers import signed_in_person
from leitstelle.accounts.views.display import set_display_cookies
from leitstelle.accounts.views.finding import one
from leitstelle.accounts.views.guard import may_mail
from leitstelle.accounts.views.links import verification_link
from leitstelle.accounts.views.mails import send_account_mail
from leitstelle.kernel.errors import DomainError
from leitstelle.kernel.web import go, page, toast, viewer_of
from leitstelle.kernel.web.forms import add_domain_error


@login_required
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Preferences of whoever is signed in, and what we know of them."""
    person = signed_in_person(request)
    form = ProfileForm(request.POST or None, initial={n: getattr(person, n) for n in ProfileForm.base_fields})
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_profile(person, form.to_input(), by=viewer_of(request), now=timezone.now())
        except DomainError as error:
            add_domain_error(form, error)
        else:
            toast(request, _("Saved"))
            response = go(request, reverse("accounts:profile"))
            set_display_cookies(response, person)
            return response
    return _answer(request, person, form, ContactForm(prefix="new"))


@login_required
@require_POST
def change_name(request: HttpRequest) -> HttpResponse:
    """Say how one is called."""
    person = signed_in_person(request)
    form = NameForm(request.POST)
    if form.is_valid():
        try:
            actions.change_own_name(person, **form.cleaned_data, by=viewer_of(request), now=timezone.now())
        except DomainError as error:
            add_domain_error(form, error)
        else:
            toast(request, _("Saved"))
            return go(request, reverse("accounts:profile"))
    own = ProfileForm(initial={n: getattr(person, n) for n in ProfileForm.base_fields})
    return _answer(request, person, own, ContactForm(prefix="new"), form)


@login_required
@require_POST
def change_signature(request: HttpRequest) -> HttpResponse:
    """Say what stands below one's mails."""
    person = signed_in_person(request)
    form = SignatureForm(request.POST)
    if form.is_valid():
        text = form.cleaned_data["signature"]
        actions.change_signature(person, text, by=viewer_of(request), now=timezone.now())
        toast(request, _("Saved"))
        return go(request, reverse("accounts:profile"))
    own = ProfileForm(initial={n: getattr(person, n) for n in ProfileForm.base_fields})
    return _answer(request, person, own, ContactForm(prefix="new"), signature_form=form)


@login_required
@require_POST
def add_contact(request: HttpRequest) -> HttpResponse:
    """Add a number, or send a link to an address, which is added once the link is confirmed.

    Whether an address belongs to somebody else is not said: that would tell who is known here.
    """
    person = signed_in_person(request)
    form = ContactForm(request.POST, prefix="new")
    if form.is_valid() and not form.cleaned_data["value"].strip():
        form.add_error("value", _("Please enter an address or a number."))
    if form.errors:
        own = ProfileForm(initial={n: getattr(person, n) for n in ProfileForm.base_fields})
        return _answer(request, person, own, form)
    contact = form.to_input()
    if contact.kind == ContactKind.EMAIL:
        _send_link(request, person, contact.normalised())
        toast(request, _("If the address is free, we have sent a link there. Please confirm it."))
    else:
        actions.add_contact_point(person, contact, by=viewer_of(request), now=timezone.now())
        toast(request, _("Saved"))
    return go(request, reverse("accounts:profile"))


@login_required
@require_POST
def remove_contact(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove an address or number of one's own; the last address that signs in stays."""
    person = signed_in_person(request)
    point = one(person.contact_points.select_related("person"), pk=pk)
    verified = person.contact_points.filter(kind=ContactKind.EMAIL, verified_at__isnull=False)
    if point.verified_at and not verified.exclude(pk=point.pk).exists():
        toast(request, _("This address signs you in. Please add and confirm another one first."), "warn")
    else:
        actions.remove_contact_point(point, by=viewer_of(request), now=timezone.now())
        toast(request, _("Removed"))
    return go(request, reverse("accounts:profile"))


@login_required
@require_POST
def choose_primary(request: HttpRequest, pk: int) -> HttpResponse:
    """Make one's own address or number the preferred one."""
    point = one(signed_in_person(request).contact_points.select_related("person"), pk=pk)
    actions.choose_primary_contact_point(point, by=viewer_of(request), now=timezone.now())
    toast(request, _("Saved"))
    return go(request, reverse("accounts:profile"))


@login_required
@require_POST
def send_verification(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the link once more."""
    person = signed_in_person(request)
    point = one(person.contact_points.filter(kind=ContactKind.EMAIL, verified_at=None), pk=pk)
    _send_link(request, person, point.normalised)
    toast(request, _("We have sent a link to the address. Please confirm it."))
    return go(request, reverse("accounts:profile"))


def _send_link(request: HttpRequest, person: Person, address: str) -> None:
    now, owner = timezone.now(), queries.find_by_email(address)
    if may_mail(request, address, now) and owner in {None, person}:
        context = {"link": verification_link(request, address, person.pk)}
        language = person.language
        send_account_mail("verify_address", address, context, person=person, language=language, now=now)


def _answer(
    request: HttpRequest,
    person: Person,
    form: ProfileForm,
    new: ContactForm,
    name: NameForm | None = None,
    signature_form: SignatureForm | None = None,
) -> HttpResponse:
    name = name or NameForm(initial=NameForm.of(person))
    signature = signature_form or SignatureForm(initial={"signature": person.signature})
    points = [
        (point, str(labels.CONTACT_KINDS[point.kind]), point.text) for point in person.contact_points.all()
    ]
    context = {"person": person, "form": form, "new": new, "name_form": name, "points": points}
    context["signature_form"] = signature if agents().filter(pk=person.pk).exists() else None
    wrong = form.errors or new.errors or name.errors or signature.errors
    return page(request, "accounts/profile.html", context, status=422 if wrong else 200)
