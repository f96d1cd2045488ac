"""What agents do with the contents of a mail, and the certificates and keys of mail that administrators keep."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from leitstelle.accounts.policies import can_administer, require
from leitstelle.intake.actions.contents import put_where_named, take_original_sender
from leitstelle.intake.actions.mail_keys import NEVER, add_mail_key, remove_mail_key
from leitstelle.intake.forms.mail_keys import MailKeyForm
from leitstelle.intake.policies import visible_keys, visible_mailboxes
from leitstelle.intake.queries.signing import unsigned_words
from leitstelle.intake.views.quarantine import found_mail, need_agent
from leitstelle.kernel.errors import DomainError
from leitstelle.kernel.web import go, page, toast, viewer_of
from leitstelle.kernel.web.addresses import address
from leitstelle.kernel.web.forms import add_domain_error


@require_POST
def forwarded(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Make whoever wrote the mail that was forwarded the requester."""
    viewer = need_agent(request)
    mail = found_mail(viewer, public_id)
    try:
        person = take_original_sender(mail, by=viewer, now=timezone.now())
    except DomainError as error:
        toast(request, error.message)
    else:
        toast(request, _("%(name)s is the requester now.") % {"name": person.display_name})
    here = mail.ticket
    return go(request, address("tickets:ticket", here.public_id) if here else address("intake:quarantine"))


@require_POST
def belongs(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Put a mail where it says it belongs."""
    viewer = need_agent(request)
    mail = found_mail(viewer, public_id)
    there = mail.ticket
    try:
        target, moved = put_where_named(mail, by=viewer, now=timezone.now())
    except DomainError as error:
        toast(request, error.message)
    else:
        words = _("Moved to #%(number)s.") if moved else _("Linked with #%(number)s.")
        toast(request, words % {"number": target.number})
        there = target if moved else there
    return go(request, address("tickets:ticket", there.public_id) if there else address("intake:quarantine"))


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def keys(request: HttpRequest) -> HttpResponse:
    """Certificates that count, and keys of mailboxes. Administrators."""
    viewer = viewer_of(request)
    require(can_administer(viewer))
    form = MailKeyForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            add_mail_key(
                form.cleaned_data["file"].read(),
                mailbox=form.cleaned_data["mailbox"],
                password=form.cleaned_data["password"],
                by=viewer,
                now=timezone.now(),
            )
        except DomainError as error:
            add_domain_error(form, error)
        else:
            toast(request, _("Saved"))
            return go(request, reverse("intake:mail-keys"))
    now = timezone.now()
    rows = [
        (row, row.expires_at < now, row.expires_at == NEVER)
        for row in visible_keys(viewer).order_by("mailbox__address", "holder")
    ]
    signing = visible_mailboxes(viewer).filter(sign_mail=True, is_active=True)
    unsigned = [(box.address, words) for box in signing if (words := unsigned_words(box, now))]
    context = {"form": form, "rows": rows, "unsigned": unsigned}
    return page(request, "intake/mail_keys.html", context, status=422 if form.errors else 200)


@require_POST
def remove_key(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a certificate no longer count. Administrators."""
    viewer = viewer_of(request)
    require(can_administer(viewer))
    row = get_object_or_404(visible_keys(viewer), pk=pk)
    remove_mail_key(row, by=viewer, now=timezone.now())
    toast(request, _("Removed"))
    return go(request, reverse("intake:mail-keys"))
