"""Addresses of intake: the portal for requesters and guests; quarantine and mailboxes for the desk."""

from django.urls import URLPattern, URLResolver, include, path

from leitstelle.intake.views import (
    portal_detail,
    portal_guest,
    portal_home,
    portal_report,
    quarantine,
)
from leitstelle.intake.views.mailboxes import mailboxes

_portal: list[URLPattern | URLResolver] = [
    path("", portal_home.home, name="home"),
    path("report/", portal_report.report, name="report"),
    path("report/draft/", portal_report.keep_draft, name="draft"),
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
    path("quarantine/", quarantine.quarantine, name="quarantine"),
    path("quarantine/again/", quarantine.decide_all, name="decide-all"),
    path("quarantine/<uuid:public_id>/", quarantine.inbound, name="inbound"),
    path("quarantine/<uuid:public_id>/source/", quarantine.source, name="source"),
    path("quarantine/<uuid:public_id>/decide/", quarantine.decide, name="decide"),
    *mailboxes.urls("administration/mailboxes/"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("portal/", include((_portal, "portal"))),
    path("", include((_desk, "intake"))),
]
