"""The visitor's side of a chat: widget, frame, and the addresses its script asks.

These addresses know no cookie: whoever sends the signed token of a chat takes part in it, and nobody else. `lines` is
the truth; the WebSocket (`chat_socket`) only brings the same answers sooner.
"""

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from functools import wraps
from typing import Any
from urllib.parse import unquote
from uuid import UUID

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.signing import BadSignature
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.template.loader import get_template
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from leitstelle.accounts.models import Person
from leitstelle.intake.actions.chat import Visitor, Words, end_as_visitor, open_chat, say_as_visitor
from leitstelle.intake.choices import ChatPresence
from leitstelle.intake.forms.chat import WhoForm
from leitstelle.intake.models import Chat, ChatDoor
from leitstelle.intake.queries.chat import (
    chat_of,
    door_for,
    file_of,
    known_visitor,
    opens_at,
    portal_door,
    presence_at,
    token_for,
)
from leitstelle.intake.queries.level0 import offers_at
from leitstelle.intake.queries.shown_chats import FILE, frame_of, topic_of
from leitstelle.intake.rules.chat import MAX_LINE, frame_ancestors
from leitstelle.intake.views.portal_detail import file_response
from leitstelle.intake.views.portal_doors import check_machine
from leitstelle.intake.views.portal_files import too_large
from leitstelle.intake.views.portal_words import moment
from leitstelle.kernel import limits
from leitstelle.kernel.blobs import FileTooLarge, clean_filename, store
from leitstelle.kernel.errors import DomainError, InvalidInput
from leitstelle.kernel.secrets import sign, unsign
from leitstelle.kernel.web import page, viewer_of
from leitstelle.kernel.web.live.presence import presence
from leitstelle.kernel.web.middleware import CONTENT_SECURITY_POLICY
from leitstelle.tickets.rules.inputs import NewFile

WHO = "chat-who"
WHO_FOR = timedelta(days=1)
CHATS_PER_MACHINE = (20, timedelta(hours=1))
LINES_PER_CHAT = (40, timedelta(minutes=1))
MAX_FILES = 5
SCRIPT_SECONDS = 3600
WIDGET = "intake/chat-widget.js"

Door = Callable[..., HttpResponseBase]


def answers_json(view: Door) -> Door:
    """Answer refusals as JSON with their sentence, in the language of the page."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        asked = request.headers.get("X-Language", "")
        with translation.override(asked if asked in dict(settings.LANGUAGES) else translation.get_language()):
            try:
                return view(request, *args, **kwargs)
            except DomainError as error:
                body = {"code": error.code, "error": error.message, "fields": error.fields}
                return JsonResponse(body, status=error.status)

    return guarded


@require_GET
def widget(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The script that a site embeds: a button, and the frame behind it. The same for everybody, so it is kept."""
    door = asked_door(public_id)
    words = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            words[code] = {"open": _("Open the chat"), "close": _("Close the chat"), "title": _("Chat")}
    head = f"const LEITSTELLE_CHAT={json.dumps({'door': str(door.public_id), 'words': words})};\n"
    response = HttpResponse(
        f"(()=>{{{head}{_widget_code()}}})();\n", content_type="text/javascript; charset=utf-8"
    )
    response.headers["Cache-Control"] = f"public, max-age={SCRIPT_SECONDS}"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _widget_code() -> str:
    """The collected file, or that of a checkout."""
    found = finders.find(WIDGET)
    if found:
        with open(str(found), encoding="utf-8") as file:
            return file.read()
    with staticfiles_storage.open(WIDGET) as stored:
        return bytes(stored.read()).decode()


@xframe_options_exempt
@require_GET
def frame(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The page in the frame; only the sites of this door may show it."""
    door = door_for(public_id)
    asked = request.GET.get("lang", "")
    language = asked if asked in dict(settings.LANGUAGES) else translation.get_language_from_request(request)
    with translation.override(language):
        template = get_template("intake/chat/frame.html" if door else "intake/chat/closed.html")
        context = chat_context(door, None) if door else {}
        body = template.render({**context, "theme": request.GET.get("theme", "")})
    response = HttpResponse(body, status=200 if door else 404)
    origins = door.origins.split() if door else []
    policy = CONTENT_SECURITY_POLICY.replace("frame-ancestors 'none'", frame_ancestors(origins))
    response.headers["Content-Security-Policy"] = policy
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Language"] = language
    return response


@require_GET
def in_portal(request: HttpRequest) -> HttpResponse:
    """The same chat as a page of the portal; whoever is signed in need not say who they are."""
    door = portal_door()
    if door is None:
        raise Http404
    return page(request, "intake/portal/chat.html", chat_context(door, viewer_of(request).person_id))


def chat_context(door: ChatDoor, person_id: int | None) -> dict[str, Any]:
    """Return what the chat's own markup needs, for somebody signed in or not."""
    now = timezone.now()
    there = presence_at(door, now)
    opens = opens_at(door, now)
    language = (translation.get_language() or "de")[:2]
    greeting = door.greeting_de if language == "de" else door.greeting_en
    return {
        "door": door,
        "greeting": greeting or _("Hello, how can we help?"),
        "there": there,
        "opens": moment(opens, now) if opens else "",
        "is_open": there == ChatPresence.OPEN,
        "who": sign(str(person_id), WHO) if person_id is not None else "",
        "max_line": MAX_LINE,
        "texts": json.dumps(_texts()),
        "offers": json.dumps([asdict(one) for one in offers_at(door, "", language)]),
    }


def _texts() -> dict[str, str]:
    """The sentences of the script."""
    return {
        "waiting": _("You are number %(n)s in the queue. Please keep this page open."),
        "agent": _("You are talking to %(name)s."),
        "typing": _("%(name)s is writing …"),
        "ended": _("The chat has ended."),
        "offline": _("No connection. What you write is kept and sent as soon as it is back."),
        "pending": _("being sent"),
        "you": _("You"),
        "desk": _("Service desk"),
        "again": _("Begin a new chat"),
        "end": _("End the chat"),
        "sure": _("Really end the chat?"),
        "remove": _("Remove %(name)s"),
        "maybe": _("Perhaps it can be solved right away:"),
        "try": _("Please try this:"),
        "solved": _("That solved it"),
        "person": _("On to a person"),
        "back": _("One step back"),
        "skip": _("Skip this question"),
        "answer": _("Answer"),
        "your_answer": _("Your answer"),
        "optional": _("optional"),
        "helped": _("Good that it helped! No report was sent. Should it come back, please write to us."),
        "not_after_all": _("It does not work after all"),
        "begun": _("Guide: %(title)s"),
        "other": _("Choose something else"),
        "send": _("Send"),
        "mail": _("Send me the conversation by mail"),
        "mail_to": _("Send the conversation to %(to)s"),
        "ready": _("What you have answered is ready for a person. Press “Send”; you may add something."),
        "need_name": _("Please give your name, so that we know whom we talk to."),
        "need_email": _("Please give a mail address where we can reach you."),
        "failed": _("That did not work. Your text is still there."),
    }


@csrf_exempt
@require_POST
@answers_json
def start(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """Open a chat with the first words; answers with its token. Outside service hours it is a message left."""
    door, now = asked_door(public_id), timezone.now()
    check_machine(request, "chat.start", *CHATS_PER_MACHINE, now)
    person = _person(request.POST.get("who", ""))
    left = presence_at(door, now) != ChatPresence.OPEN
    # Whoever leaves a message can only be answered at an address.
    form = WhoForm(request.POST, needed=person is None and (left or door.asks_who))
    if not form.is_valid():
        raise InvalidInput(fields={name: str(errors[0]) for name, errors in form.errors.items()})
    visitor = Visitor(
        language=(translation.get_language() or "de")[:2],
        person=person,
        name=form.cleaned_data["name"],
        email=form.cleaned_data["email"],
    )
    aid = request.POST.get("aid", "")
    chat = open_chat(door, visitor, _words(request), left=left, aid=aid, now=now)
    return JsonResponse({"token": token_for(chat), **frame_of(chat, 0)}, status=201)


@csrf_exempt
@require_http_methods(["GET", "POST"])
@answers_json
def lines(request: HttpRequest) -> HttpResponseBase:
    """GET: what came after the line that the visitor has last. POST: one more line, then the same answer."""
    chat = asking_chat(request)
    if chat is None:
        return unknown()
    if request.method == "POST":
        now = timezone.now()
        limit, per = LINES_PER_CHAT
        limits.check("chat.lines", str(chat.pk), limit=limit, per=per, now=now)
        say_as_visitor(chat, _words(request), now=now)
        presence.beat(topic_of(chat.pk), -chat.pk, chat.name or _("Visitor"), writing=False)
        chat.refresh_from_db()
    values = request.POST if request.method == "POST" else request.GET
    return JsonResponse(frame_of(chat, number_in(values.get("after", ""))))


@csrf_exempt
@require_POST
@answers_json
def end(request: HttpRequest) -> HttpResponseBase:
    """The visitor has no more to say."""
    chat = asking_chat(request)
    if chat is None:
        return unknown()
    end_as_visitor(chat, now=timezone.now())
    presence.leave(topic_of(chat.pk), -chat.pk)
    return JsonResponse(frame_of(chat, number_in(request.POST.get("after", ""))))


@csrf_exempt
@require_POST
@answers_json
def typing(request: HttpRequest) -> HttpResponseBase:
    """The visitor is writing, or stopped; nothing is stored."""
    chat = asking_chat(request)
    if chat is None or not chat.is_live:
        return unknown()
    name, writes = chat.name or _("Visitor"), request.POST.get("writing") == "1"
    presence.beat(topic_of(chat.pk), -chat.pk, name, writing=writes)
    return HttpResponse(status=204)


@require_GET
def file(request: HttpRequest, token: str) -> HttpResponseBase:
    """A file of a chat, by the signed address that the visitor was given."""
    try:
        chat_id, _colon, file_id = unsign(unquote(token), FILE, WHO_FOR).partition(":")
        found = file_of(UUID(chat_id), UUID(file_id))
    except (BadSignature, ValueError):
        raise Http404 from None
    return file_response(request, found)


def asked_door(public_id: UUID) -> ChatDoor:
    """The chat behind an address. Raises `Http404`."""
    door = door_for(public_id)
    if door is None:
        raise Http404
    return door


def asking_chat(request: HttpRequest) -> Chat | None:
    """The chat whose token came along."""
    return chat_of(request.headers.get("Authorization", "").removeprefix("Bearer "))


def unknown() -> HttpResponse:
    """The answer to a token that opens nothing (any more)."""
    return JsonResponse({"code": "unknown", "error": _("This chat is not known any more.")}, status=401)


def _person(who: str) -> Person | None:
    """Whoever was signed in when the portal drew the page."""
    try:
        person_id = int(unsign(who, WHO, WHO_FOR)) if who else 0
    except (BadSignature, ValueError):
        return None
    return known_visitor(person_id)


def _words(request: HttpRequest) -> Words:
    try:
        key = UUID(request.POST.get("key", ""))
    except ValueError:
        raise InvalidInput() from None
    return Words(key=key, text=request.POST.get("text", ""), files=_files(request))


def _files(request: HttpRequest) -> tuple[NewFile, ...]:
    uploads = request.FILES.getlist("files")
    if len(uploads) > MAX_FILES:
        raise InvalidInput(message=_("At most %(num)s files at once, please."), num=MAX_FILES)
    found = []
    for upload in uploads:
        name = clean_filename(upload.name or "")
        try:
            blob = store(upload, declared_type=upload.content_type or "", max_bytes=settings.MAX_UPLOAD)
        except FileTooLarge:
            raise InvalidInput(message=too_large(name)) from None
        found.append(NewFile(blob_id=blob.pk, filename=name, content_type=blob.content_type, size=blob.size))
    return tuple(found)


def number_in(text: str) -> int:
    """The line that a browser has last, 0 for nonsense."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
