"""Addresses of intake: the portal for requesters and guests; quarantine and mailboxes for the desk."""

from django.urls import URLPattern, URLResolver, include, path

from leitstelle.intake.views import (
    call_caller,
    call_drafts,
    call_guide,
    calls,
    connection,
    contents,
    corrections,
    duplicates,
    mail_oauth,
    portal_detail,
    portal_guest,
    portal_guides,
    portal_home,
    portal_report,
    posters,
    quarantine,
    spam,
    telephony_admin,
    telephony_calls,
    telephony_hook,
)
from leitstelle.intake.views.mailboxes import mailboxes

_portal: list[URLPattern | URLResolver] = [
    path("", portal_home.home, name="home"),
    path("report/", portal_report.report, name="report"),
    path("report/draft/", portal_report.keep_draft, name="draft"),
    path("guides/", portal_guides.guides, name="guides"),
    path("guides/<slug:key>/", portal_guides.guide, name="guide"),
    path("reports/", portal_home.reports, name="reports"),
    path("reports/<uuid:public_id>/", portal_detail.detail, name="report-detail"),
    path("reports/<uuid:public_id>/sent/", portal_report.report_sent, name="report-sent"),
    path("reports/<uuid:public_id>/answer/", portal_detail.answer, name="report-answer"),
    path("reports/<uuid:public_id>/draft/", portal_detail.keep_answer_draft, name="report-draft"),
    path("reports/<uuid:public_id>/done/", portal_detail.confirm, name="report-confirm"),
    path("files/<uuid:public_id>/", portal_detail.file, name="file"),
    path("guest/sent/<str:token>/", portal_guest.sent, name="guest-sent"),
    path("guest/confirm/<str:token>/", portal_guest.confirm_address, name="guest-confirm"),
    path("guest/report/<str:token>/", portal_guest.read, name="guest-report"),
    path("guest/report/<str:token>/answer/", portal_guest.answer, name="guest-answer"),
    path("guest/report/<str:token>/done/", portal_guest.confirm, name="guest-done"),
    path("guest/report/<str:token>/files/<uuid:public_id>/", portal_guest.file, name="guest-file"),
]

_desk: list[URLPattern | URLResolver] = [
    path("tickets/call/", calls.call, name="call"),
    path("tickets/call/counter/", calls.call, {"walk_in": True}, name="walk-in"),
    path("tickets/call/people/", calls.callers, name="callers"),
    path("tickets/call/person/", calls.caller, name="caller"),
    path("tickets/call/guide/", call_guide.call_guide, name="call-guide"),
    path("tickets/call/draft/", call_drafts.keep_draft, name="call-draft"),
    path("tickets/<uuid:public_id>/caller/", call_caller.name_caller, name="name-caller"),
    path("posters/sites/<uuid:public_id>/", posters.of_site, name="site-poster"),
    path("posters/devices/<uuid:public_id>/", posters.of_device, name="device-poster"),
    path("tickets/like/", duplicates.like, name="like"),
    path("calls/", telephony_calls.calls, name="phone-calls"),
    path("calls/ringing/", telephony_calls.ringing, name="ringing"),
    path("hooks/telephony/<uuid:public_id>/", telephony_hook.hook, name="telephony-hook"),
    path("quarantine/", quarantine.quarantine, name="quarantine"),
    path("quarantine/again/", quarantine.decide_all, name="decide-all"),
    path("quarantine/spam/", spam.listed, name="spam"),
    path("quarantine/<uuid:public_id>/correct/", corrections.correct, name="correct"),
    path("quarantine/<uuid:public_id>/forwarded/", contents.forwarded, name="forwarded"),
    path("quarantine/<uuid:public_id>/belongs/", contents.belongs, name="belongs"),
    path("quarantine/<uuid:public_id>/no-spam/", spam.release, name="no-spam"),
    path("quarantine/<uuid:public_id>/", quarantine.inbound, name="inbound"),
    path("quarantine/<uuid:public_id>/source/", quarantine.source, name="source"),
    path("quarantine/<uuid:public_id>/decide/", quarantine.decide, name="decide"),
    path("administration/outgoing-mail/", connection.outgoing, name="outgoing"),
    path("administration/mail-keys/", contents.keys, name="mail-keys"),
    path("administration/mail-keys/<int:pk>/remove/", contents.remove_key, name="mail-key-remove"),
    path("administration/mailboxes/oauth/back/", mail_oauth.returned, name="mailbox-oauth-back"),
    path("administration/mailboxes/<uuid:public_id>/oauth/", mail_oauth.settings, name="mailbox-oauth"),
    path(
        "administration/mailboxes/<uuid:public_id>/oauth/allow/", mail_oauth.allow, name="mailbox-oauth-allow"
    ),
    path("administration/mailboxes/<uuid:public_id>/test/", connection.mailbox_test, name="mailbox-test"),
    path("administration/telephony/<uuid:public_id>/lines/", telephony_admin.lines, name="telephony-lines"),
    *mailboxes.urls("administration/mailboxes/"),
    *telephony_admin.sources.urls("administration/telephony/"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("portal/", include((_portal, "portal"))),
    path("", include((_desk, "intake"))),
]
