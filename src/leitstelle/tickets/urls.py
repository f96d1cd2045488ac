"""Addresses of the ticket pages in the workspace; the portal's are in `intake`."""

from django.urls import path

from leitstelle.tickets import views

app_name = "tickets"

urlpatterns = [
    path("tickets/", views.inbox, name="inbox"),
    path("tickets/new/", views.new_ticket, name="new"),
    path("tickets/new/people/", views.find_people, name="find-people"),
    path("tickets/<uuid:public_id>/", views.ticket_page, name="ticket"),
    path("tickets/<uuid:public_id>/preview/", views.preview, name="preview"),
    path("tickets/<uuid:public_id>/protocol/", views.protocol_page, name="protocol"),
    path("tickets/<uuid:public_id>/write/", views.write, name="write"),
    path("tickets/<uuid:public_id>/draft/", views.keep_draft, name="draft"),
    path("tickets/<uuid:public_id>/take/", views.take, name="take"),
    path("tickets/<uuid:public_id>/assign/", views.assign, name="assign"),
    path("tickets/<uuid:public_id>/handover/", views.handover, name="handover"),
    path("tickets/<uuid:public_id>/handover/<int:pk>/accept/", views.accept, name="accept-handover"),
    path("tickets/<uuid:public_id>/handover/<int:pk>/return/", views.give_back, name="return-handover"),
    path("tickets/<uuid:public_id>/step/<slug:verb>/", views.step, name="step"),
    path("tickets/<uuid:public_id>/classify/", views.classification, name="classify"),
    path("tickets/<uuid:public_id>/subject/", views.subject, name="subject"),
    path("tickets/<uuid:public_id>/links/", views.add_link, name="link"),
    path("tickets/<uuid:public_id>/links/<int:pk>/remove/", views.remove_link, name="unlink"),
    path("tickets/<uuid:public_id>/participants/", views.participants, name="participants"),
    path(
        "tickets/<uuid:public_id>/participants/<int:pk>/remove/",
        views.drop_participant,
        name="drop-participant",
    ),
    path("tickets/<uuid:public_id>/requester/", views.requester, name="requester"),
    path("files/<uuid:public_id>/", views.attachment, name="attachment"),
    path("search/", views.search_page, name="search"),
]
