"""Doors of the live updates: the stream, its polling fallback, presence beats."""

import asyncio
from collections.abc import AsyncIterator

from asgiref.sync import sync_to_async
from django.db import connections
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseForbidden,
    HttpResponseNotAllowed,
    JsonResponse,
    StreamingHttpResponse,
)
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from leitstelle.kernel.errors import NotFound
from leitstelle.kernel.web.pages import viewer_of
from leitstelle.kernel.web.shell import Shell

from . import feed
from .hub import Stream, allowed_presence, heard, hub
from .presence import presence as people
from .topics import parse_topics

HEARTBEAT_SECONDS = 15.0
# After this long the stream ends and the browser comes back by itself: rights are read anew.
LIFETIME_SECONDS = 300.0
RETRY_MILLISECONDS = 2000


async def stream(request: HttpRequest) -> HttpResponseBase:
    """GET /live/?topics=…: server-sent events `hello`, `change` {id, topics}, `presence`, `reset`, `full`."""
    if request.method != "GET":
        return HttpResponseNotAllowed(["GET"])
    viewer = viewer_of(request)
    if viewer.person_id is None:
        return HttpResponseForbidden()  # not a page: nobody could follow a redirect to the sign-in
    open_stream = Stream(viewer, parse_topics(request.GET.get("topics", "")))
    after = _number(request.headers.get("Last-Event-ID") or request.GET.get("since", ""))
    # The session was read in the request's thread; an open stream must not keep that connection for minutes.
    await sync_to_async(connections.close_all)()
    response = StreamingHttpResponse(_frames(open_stream, after), content_type="text/event-stream")
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"
    return response


async def _frames(open_stream: Stream, after: int | None) -> AsyncIterator[str]:
    center = hub()
    end = asyncio.get_running_loop().time() + LIFETIME_SECONDS
    yield f"retry: {RETRY_MILLISECONDS}\n\n"
    try:
        await center.join(open_stream, after)
        while (left := end - asyncio.get_running_loop().time()) > 0:
            try:
                frame = await asyncio.wait_for(open_stream.queue.get(), min(HEARTBEAT_SECONDS, left))
            except TimeoutError:
                yield ": beat\n\n"
                continue
            if frame is None:
                return
            yield frame
    finally:
        center.leave(open_stream)


@require_GET
@never_cache
def poll(request: HttpRequest) -> HttpResponse:
    """GET /live/poll/?since=…&topics=…: the same as JSON, where no stream can be kept."""
    viewer = viewer_of(request)
    if viewer.person_id is None:
        return HttpResponseForbidden()
    topics = parse_topics(request.GET.get("topics", ""))
    since = _number(request.GET.get("since", ""))
    last = feed.last_event_id()
    missed = [] if since is None else feed.since(since)
    changes = [] if missed is None else heard(viewer, topics, missed)
    people.expire()
    return JsonResponse(
        {
            "since": last,
            "reset": missed is None,
            "changes": [{"id": event_id, "topics": names} for event_id, names in changes],
            "presence": {
                topic: people.people(topic, besides=viewer.person_id)
                for topic in allowed_presence(viewer, topics)
            },
        }
    )


@require_POST
def presence(request: HttpRequest) -> HttpResponse:
    """POST /live/presence/ with topic and state (here, writing, gone): a beat of the page. 204."""
    viewer = viewer_of(request)
    topic = request.POST.get("topic", "")
    if viewer.person_id is None or not allowed_presence(viewer, [topic]):
        raise NotFound
    state = request.POST.get("state", "here")
    if state == "gone":
        people.leave(topic, viewer.person_id)
    else:
        name = Shell(request, viewer).person_name
        people.beat(topic, viewer.person_id, name, writing=state == "writing")
    return HttpResponse(status=204)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
