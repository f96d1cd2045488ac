"""Addresses of the ticket pages in the workspace; the portal's are in `intake`."""

from django.urls import path

from leitstelle.tickets import views
from leitstelle.tickets.views import guides, level_rights, planned, snippets, steps, vendor

app_name = "tickets"

urlpatterns = [
    path("tickets/", views.inbox, name="inbox"),
    path("tickets/news/", views.news, name="news"),
    path("tickets/views/", views.manage_views, name="views"),
    path("tickets/views/new/", views.new_view, name="new-view"),
    path("tickets/views/arrange/", views.arrange, name="arrange-views"),
    path("tickets/views/<uuid:public_id>/", views.edit_view, name="view"),
    path("tickets/views/<uuid:public_id>/copy/", views.copy_view, name="copy-view"),
    path("tickets/views/<uuid:public_id>/delete/", views.remove_view, name="delete-view"),
    path("tickets/bulk/", views.choose, name="bulk"),
    path("tickets/bulk/<uuid:public_id>/", views.bulk_run, name="bulk-run"),
    path("tickets/new/", views.new_ticket, name="new"),
    path("tickets/new/people/", views.find_people, name="find-people"),
    path("tickets/tabs/", views.tabs, name="tabs"),
    path("tickets/tabs/close-others/", views.close_other_tabs, name="close-other-tabs"),
    path("tickets/<uuid:public_id>/", views.ticket_page, name="ticket"),
    path("tickets/<uuid:public_id>/tab/close/", views.close_tab, name="close-tab"),
    path("tickets/<uuid:public_id>/tab/pin/", views.pin_tab, name="pin-tab"),
    path("tickets/<uuid:public_id>/tab/move/", views.move_tab, name="move-tab"),
    path("tickets/<uuid:public_id>/preview/", views.preview, name="preview"),
    path("tickets/<uuid:public_id>/protocol/", views.protocol_page, name="protocol"),
    path("tickets/<uuid:public_id>/write/", views.write, name="write"),
    path("tickets/<uuid:public_id>/templates/", snippets.offer, name="offer-snippets"),
    path("answers/<uuid:public_id>/undo/", planned.undo, name="undo-answer"),
    path("answers/<uuid:public_id>/move/", planned.move, name="move-answer"),
    path("tickets/<uuid:public_id>/draft/", views.keep_draft, name="draft"),
    path("tickets/<uuid:public_id>/guides/", guides.guides, name="guides"),
    path("tickets/<uuid:public_id>/guides/begin/", guides.begin_guide, name="guide-begin"),
    path("tickets/<uuid:public_id>/guides/<int:pk>/", guides.answer_guide, name="guide-answer"),
    path("tickets/<uuid:public_id>/guides/<int:pk>/apply/", guides.apply_guide, name="guide-apply"),
    path("tickets/<uuid:public_id>/take/", views.take, name="take"),
    path("tickets/<uuid:public_id>/assign/", views.assign, name="assign"),
    path("tickets/<uuid:public_id>/handover/", views.handover, name="handover"),
    path("tickets/<uuid:public_id>/handover/<int:pk>/accept/", views.accept, name="accept-handover"),
    path("tickets/<uuid:public_id>/handover/<int:pk>/return/", views.give_back, name="return-handover"),
    path("tickets/<uuid:public_id>/step/<slug:verb>/", views.step, name="step"),
    path("tickets/<uuid:public_id>/classify/", views.classification, name="classify"),
    path("tickets/<uuid:public_id>/major/", views.major, name="major"),
    path("tickets/<uuid:public_id>/subject/", views.subject, name="subject"),
    path("tickets/<uuid:public_id>/links/", views.add_link, name="link"),
    path("tickets/<uuid:public_id>/links/<int:pk>/remove/", views.remove_link, name="unlink"),
    path("tickets/<uuid:public_id>/devices/", views.add_device, name="device"),
    path("tickets/<uuid:public_id>/devices/<uuid:asset_id>/remove/", views.drop_device, name="drop-device"),
    path("tickets/<uuid:public_id>/participants/", views.participants, name="participants"),
    path(
        "tickets/<uuid:public_id>/participants/<int:pk>/remove/",
        views.drop_participant,
        name="drop-participant",
    ),
    path("tickets/<uuid:public_id>/requester/", views.requester, name="requester"),
    path("people/<uuid:public_id>/tickets/", views.tickets_of, {"kind": "person"}, name="of-person"),
    path(
        "organisations/<uuid:public_id>/tickets/",
        views.tickets_of,
        {"kind": "organisation"},
        name="of-organisation",
    ),
    path("devices/<uuid:public_id>/tickets/", views.tickets_of, {"kind": "device"}, name="of-device"),
    path("tickets/<uuid:public_id>/next-level/", steps.next_level, name="next-level"),
    path("administration/level-rights/", level_rights.levels, name="level-rights"),
    path("administration/level-rights/<int:pk>/", level_rights.level, name="level-rights-of"),
    path("tickets/<uuid:public_id>/vendor/new/", vendor.new_vendor_case, name="vendor-new"),
    path("tickets/<uuid:public_id>/vendor/<uuid:case_id>/", vendor.vendor_case, name="vendor-case"),
    path(
        "tickets/<uuid:public_id>/vendor/<uuid:case_id>/write/", vendor.write_to_vendor, name="vendor-write"
    ),
    path("tickets/<uuid:public_id>/vendor/<uuid:case_id>/move/", vendor.move_vendor_case, name="vendor-move"),
    path(
        "tickets/<uuid:public_id>/vendor/<uuid:case_id>/number/", vendor.vendor_number, name="vendor-number"
    ),
    path("vendors/", vendor.vendors, name="vendors"),
    path("files/<uuid:public_id>/", views.attachment, name="attachment"),
    path("administration/templates/<uuid:public_id>/history/", snippets.history, name="snippet-history"),
    *snippets.snippets.urls("administration/templates/"),
    path("administration/priorities/apply/", views.recalculate, name="recalculate"),
    path("search/", views.search_page, name="search"),
]
