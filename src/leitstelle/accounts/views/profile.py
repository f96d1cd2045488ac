"""One's own profile: language, looks, addresses and numbers."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from leitstelle.accounts import actions, labels, queries, rules
from leitstelle.accounts.choices import ContactKind
from leitstelle.accounts.forms.people import ContactForm, ProfileForm
from leitstelle.accounts.models import ContactPoint, Person
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
    person = _me(request)
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
def add_contact(request: HttpRequest) -> HttpResponse:
    """Add a number, or send a link to an address, which is added once the link is confirmed.

    Whether an address belongs to somebody else is not said: that would tell who is known here.
    """
    person = _me(request)
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
    person = _me(request)
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
    point = one(_me(request).contact_points.select_related("person"), pk=pk)
    actions.choose_primary_contact_point(point, by=viewer_of(request), now=timezone.now())
    toast(request, _("Saved"))
    return go(request, reverse("accounts:profile"))


@login_required
@require_POST
def send_verification(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the link once more."""
    person = _me(request)
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


def _me(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)
    return request.user


def _answer(request: HttpRequest, person: Person, form: ProfileForm, new: ContactForm) -> HttpResponse:
    points = [
        (point, str(labels.CONTACT_KINDS[point.kind]), _shown(point)) for point in person.contact_points.all()
    ]
    context = {"person": person, "form": form, "new": new, "points": points}
    return page(request, "accounts/profile.html", context, status=422 if form.errors or new.errors else 200)


def _shown(point: ContactPoint) -> str:
    return point.value if point.kind == ContactKind.EMAIL else rules.format_phone(point.normalised)
