"""The page of the backups: what there is, one more now, and mail on hold since a restore."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from leitstelle.accounts.policies import can_administer
from leitstelle.config import env
from leitstelle.config.backup import shelf
from leitstelle.config.backup.tasks import NIGHTLY, progress
from leitstelle.kernel.errors import NotAllowed
from leitstelle.kernel.mail.actions import drop_restored, release_restored
from leitstelle.kernel.mail.queries import held_after_restore
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import go, page, toast, viewer_of
from leitstelle.kernel.work.schedules import bring_forward

TOO_OLD = timedelta(hours=36)
SHOWN = 50


@require_safe
def backups(request: HttpRequest) -> HttpResponse:
    """The archives of the directory, newest first, and whether the latest good one is recent."""
    _administrator(request)
    found, now = shelf.archives(), timezone.now()
    best = next((one for one in found if one.is_good), None)
    context = {
        "archives": found[:SHOWN],
        "best": best,
        "late": best is None or best.made_at < now - TOO_OLD,
        "nightly": env.read("LEITSTELLE_BACKUP_DIR") is not None,
        "folder": shelf.directory(),
        "keep": env.read("LEITSTELLE_BACKUP_KEEP"),
        "progress": progress(now),
        "held": held_after_restore(),
    }
    return page(request, "backup/backups.html", context, fragment="backup/_backups.html")


@require_POST
def back_up_now(request: HttpRequest) -> HttpResponse:
    """Let the worker make a backup at once."""
    _administrator(request)
    now = timezone.now()
    if progress(now).busy:
        toast(request, _("A backup is being made already."))
        return go(request, reverse("backup:backups"))
    try:
        shelf.request()
    except OSError:
        toast(request, _("The directory of the backups cannot be written."), "crit")
    else:
        bring_forward(NIGHTLY, now)
        toast(
            request, _("The backup begins in a moment. This page shows it once it is finished and verified.")
        )
    return go(request, reverse("backup:backups"))


@require_POST
def held_mail(request: HttpRequest) -> HttpResponse:
    """Send or give up the mail that is on hold since a restore."""
    viewer = _administrator(request)
    now = timezone.now()
    if request.POST.get("decision") == "release":
        count = release_restored(actor=viewer.actor, now=now)
        text = ngettext("%(count)s mail is being sent.", "%(count)s mails are being sent.", count)
    else:
        count = drop_restored(actor=viewer.actor, now=now)
        text = ngettext("%(count)s mail will not be sent.", "%(count)s mails will not be sent.", count)
    toast(request, text % {"count": count})
    return go(request, reverse("backup:backups"))


def _administrator(request: HttpRequest) -> Viewer:
    viewer = viewer_of(request)
    if not can_administer(viewer):
        raise NotAllowed
    return viewer
