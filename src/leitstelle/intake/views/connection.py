"""Trying mail servers from the administration: a test mail out, a look into a mailbox. Administrators only."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from leitstelle.accounts.models import Person
from leitstelle.accounts.policies import can_administer, require
from leitstelle.accounts.queries import primary_address
from leitstelle.intake.choices import MailboxFetch, SignIn
from leitstelle.intake.forms.outgoing import OutgoingForm, TestMailForm
from leitstelle.intake.gateways.oauth import access_token
from leitstelle.intake.gateways.trying import ImapPlace, try_imap, try_pop3
from leitstelle.intake.labels import FETCH, REMEDIES, TRIAL_STEPS
from leitstelle.intake.models import Mailbox
from leitstelle.intake.policies import visible_mailboxes
from leitstelle.intake.queries.stopped import stopped_mail
from leitstelle.kernel import limits
from leitstelle.kernel.errors import Conflict, DomainError, NotFound
from leitstelle.kernel.mail import house_address
from leitstelle.kernel.mail.accounts import save_account
from leitstelle.kernel.mail.models import OutgoingAccount
from leitstelle.kernel.mail.probing import try_smtp
from leitstelle.kernel.mail.transports import house_account
from leitstelle.kernel.mail.trials import Tried, succeeded
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import go, page, toast, viewer_of
from leitstelle.kernel.web.forms import add_domain_error

# A test opens connections: enough for somebody who sets up a mailbox, too few to look through a network.
TESTS = (20, timedelta(minutes=10))


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def outgoing(request: HttpRequest) -> HttpResponse:
    """The house's account for outgoing mail; `do=test` saves it and sends a test mail at once."""
    viewer, now = viewer_of(request), timezone.now()
    require(can_administer(viewer))
    form = OutgoingForm(request.POST or None)
    trial: dict[str, Any] | None = None
    if save_outgoing(request, form, now):
        if request.POST.get("do") != "test":
            toast(request, _("Saved"))
            return go(request, reverse("intake:outgoing"))
        trial = send_test_mail(request, now)
        form = OutgoingForm()
    context = {"form": form, "to": test_form(request), "trial": trial, "given": _given()}
    context["stopped"] = stopped_mail(viewer)
    return page(request, "intake/outgoing.html", context, status=422 if form.errors else 200)


def save_outgoing(request: HttpRequest, form: OutgoingForm, now: datetime) -> bool:
    """Save a form that was sent; whether it was. Refusals go into the form."""
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        save_account(form.to_input(), version=form.cleaned_data["version"], by=viewer_of(request), now=now)
    except Conflict as error:
        form.add_error(None, error.message)
    except DomainError as error:
        add_domain_error(form, error)
    else:
        return True
    return False


def test_form(request: HttpRequest) -> TestMailForm:
    """The recipient's field, filled with the address of whoever tests."""
    own = primary_address(request.user) if isinstance(request.user, Person) else None
    return TestMailForm(initial={"recipient": request.POST.get("recipient") or own})


def send_test_mail(request: HttpRequest, now: datetime) -> dict[str, Any]:
    """Send a mail by the stored account and return what the server said, step by step, for the page."""
    form = TestMailForm(request.POST)
    config = house_account(fresh_token=True)
    if not form.is_valid() or config is None:
        return {"steps": [], "ok": False}
    _count(viewer_of(request), now)
    recipient = form.cleaned_data["recipient"]
    steps = try_smtp(
        config,
        house_address(),
        recipient,
        _("Test mail of your support desk"),
        _("If you read this, outgoing mail works."),
    )
    return shown(steps) | {"recipient": recipient}


def _given() -> str:
    """The server of the configuration, as long as no account is stored here."""
    config = None if OutgoingAccount.objects.exists() else house_account()
    return f"{config.host}:{config.port}" if config else ""


@require_http_methods(["GET", "POST"])
def mailbox_test(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What fetching a mailbox would meet, step by step; only POST connects."""
    viewer, now = viewer_of(request), timezone.now()
    require(can_administer(viewer))
    box = visible_mailboxes(viewer).filter(public_id=public_id).first()
    if box is None:
        raise NotFound
    trial = try_mailbox(box, viewer, now) if request.method == "POST" and box.imap_host else None
    return page(
        request, "intake/mailbox_test.html", {"box": box, "arrives": FETCH[box.fetch], "trial": trial}
    )


def try_mailbox(box: Mailbox, viewer: Viewer, now: datetime) -> dict[str, Any]:
    """Take the steps of fetching a mailbox, for the page. Raises `TooMany`."""
    _count(viewer, now)
    place = ImapPlace(
        host=box.imap_host,
        port=box.imap_port,
        tls=box.imap_tls,
        verify=box.imap_verify,
        user=box.imap_user or box.address,
        password=str(box.imap_password),
        folder=box.imap_folder,
        token=partial(access_token, box, fresh=True) if box.imap_auth == SignIn.OAUTH2 else None,
    )
    return shown(try_pop3(place) if box.fetch == MailboxFetch.POP3 else try_imap(place))


def _count(viewer: Viewer, now: datetime) -> None:
    limit, per = TESTS
    limits.check("mail-test", str(viewer.person_id), limit=limit, per=per, now=now)


def shown(steps: list[Tried]) -> dict[str, Any]:
    """Steps in words: (worked, name, what was answered, what to do)."""
    rows = [
        (one.ok, TRIAL_STEPS[one.step], one.detail, REMEDIES[one.remedy] if one.remedy else "")
        for one in steps
    ]
    return {"steps": rows, "ok": bool(steps) and succeeded(steps)}
