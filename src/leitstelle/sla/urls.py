"""Addresses of agreements and clocks."""

from django.urls import path

from leitstelle.sla import views
from leitstelle.sla.views.webhooks import webhooks

app_name = "sla"

urlpatterns = [
    path("administration/agreements/", views.agreement_list, name="agreements"),
    path("administration/agreements/new/", views.agreement_new, name="agreement-new"),
    path("administration/agreements/which/", views.agreement_which, name="agreement-which"),
    path("administration/agreements/what-if/", views.what_if, name="what-if"),
    path("administration/agreements/<uuid:public_id>/", views.agreement_detail, name="agreement"),
    path("administration/agreements/<uuid:public_id>/edit/", views.agreement_edit, name="agreement-edit"),
    path("administration/agreements/<uuid:public_id>/name/", views.agreement_name, name="agreement-name"),
    path(
        "administration/agreements/<uuid:public_id>/standing/",
        views.agreement_standing,
        name="agreement-standing",
    ),
    *webhooks.urls("administration/webhooks/"),
    path("tickets/<uuid:public_id>/deadlines/", views.ticket_deadlines, name="deadlines"),
    path("tickets/<uuid:public_id>/deadlines/cause/", views.correct_cause, name="cause"),
    path("tickets/<uuid:public_id>/workaround/", views.give_workaround, name="workaround"),
]
