"""What one was told: the list, the bell, marking as read."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from leitstelle.accounts.queries.viewers import signed_in_person
from leitstelle.kernel.web import go, is_fragment, page, render, toast, viewer_of
from leitstelle.kernel.web.paging import keyset
from leitstelle.kernel.web.shell import Toast
from leitstelle.notifications import actions
from leitstelle.notifications.labels import ICON
from leitstelle.notifications.models import Notification
from leitstelle.notifications.policies import visible_notifications
from leitstelle.notifications.queries.bell import bell_of
from leitstelle.notifications.queries.shown import Told, shown
from leitstelle.notifications.queries.words import because, sentence, title_of
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.policies import visible_tickets

PAGE_SIZE = 50


@dataclass(frozen=True)
class Line:
    """One notification ready for the template."""

    row: Notification
    icon: str
    text: str
    preview: str


@dataclass
class Group:
    """What a page of the list says about one ticket, newest first."""

    title: str
    url: str
    because: str
    lines: list[Line]

    @property
    def unread(self) -> list[str]:
        """Public ids of what is not read yet."""
        return [str(line.row.public_id) for line in self.lines if line.row.read_at is None]


@login_required
@require_safe
def notifications(request: HttpRequest) -> HttpResponse:
    """Show what one was told, newest first, grouped by ticket; `?show=unread` the unread only."""
    viewer = viewer_of(request)
    rows = visible_notifications(viewer)
    only_unread = request.GET.get("show") == "unread"
    if only_unread:
        rows = rows.filter(read_at__isnull=True)
    found = keyset(
        rows, ["-id"], after=request.GET.get("after"), before=request.GET.get("before"), size=PAGE_SIZE
    )
    kept = "&show=unread" if only_unread else ""
    context = {
        "groups": _groups(shown(signed_in_person(request), found.items)),
        "only_unread": only_unread,
        "bell": bell_of(viewer, afresh=True),
        "newest": found.items[0].pk if found.items else 0,
        "next_url": f"?after={found.next}{kept}" if found.next else "",
        "previous_url": f"?before={found.prev}{kept}" if found.prev else "",
    }
    return page(request, "notifications/list.html", context, fragment="notifications/_list.html")


def _groups(told: list[Told]) -> list[Group]:
    groups: dict[int | None, Group] = {}
    for one in told:
        line = Line(one.row, ICON[one.row.kind], sentence(one), one.message.preview if one.message else "")
        key = one.row.ticket_id
        if key not in groups:
            groups[key] = Group(title_of(one), _url(one), because(one), [])
        groups[key].lines.append(line)
    return list(groups.values())


def _url(told: Told) -> str:
    if told.link is not None:
        return told.link.url
    if told.visible and told.row.inbound_id is not None:
        return reverse("intake:quarantine")
    return ""


@login_required
@require_safe
def bell(request: HttpRequest) -> HttpResponse:
    """The number at the bell, counted afresh; what came after `?after=` is said as a notice."""
    viewer = viewer_of(request)
    after = request.GET.get("after", "")
    since = int(after) if after.isascii() and after.isdigit() and len(after) < 19 else 0
    fresh = visible_notifications(viewer).filter(pk__gt=since, read_at__isnull=True).order_by("-pk")[:10]
    told = shown(signed_in_person(request), list(fresh)) if after else []
    found = bell_of(viewer, afresh=True)
    return render(request, "notifications/_bell_live.html", {"bell": found, "toasts": _notices(told)})


def _notices(told: list[Told]) -> list[Toast]:
    if len(told) > 1:
        text = ngettext("%(count)s new notification", "%(count)s new notifications", len(told))
        return [Toast(text % {"count": len(told)}, "accent")]
    return [Toast(f"{title_of(one)}: {sentence(one)}", "accent") for one in told]


@login_required
@require_POST
def mark(request: HttpRequest) -> HttpResponse:
    """Mark the posted ones as read, or with `unread` as unread again."""
    ids = [public_id for text in request.POST.getlist("id")[:PAGE_SIZE] if (public_id := _uuid(text))]
    read = "unread" not in request.POST
    actions.mark_read(ids, by=viewer_of(request), now=timezone.now(), read=read)
    return _back(request)


@login_required
@require_POST
def mark_all(request: HttpRequest) -> HttpResponse:
    """Mark everything as read that was there when the page was shown."""
    upto = request.POST.get("upto", "")
    newest = int(upto) if upto.isascii() and upto.isdigit() and len(upto) < 19 else None
    actions.mark_all_read(by=viewer_of(request), now=timezone.now(), upto=newest)
    toast(request, _("Everything is marked as read."))
    return _back(request)


@login_required
@require_POST
def seen(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The ticket was opened: what was told about it is read. Answers with the number at the bell."""
    viewer = viewer_of(request)
    ticket: Ticket | None = visible_tickets(viewer).filter(public_id=public_id).first()
    if ticket is None:
        raise Http404
    actions.mark_ticket_read(ticket, by=viewer, now=timezone.now())
    if not is_fragment(request):
        return _back(request)
    return render(
        request, "notifications/_bell_live.html", {"bell": bell_of(viewer, afresh=True), "toasts": []}
    )


def _back(request: HttpRequest) -> HttpResponse:
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, allowed_hosts=None)
    return go(request, target if safe else reverse("notifications:list"))


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
