"""Addresses of notifications: one's own in both frames, following, and the administration's defaults."""

from django.urls import path

from leitstelle.notifications.views import choosing, following, reading

app_name = "notifications"

urlpatterns = [
    path("notifications/", reading.notifications, name="list"),
    path("notifications/bell/", reading.bell, name="bell"),
    path("notifications/read/", reading.mark, name="mark"),
    path("notifications/read/all/", reading.mark_all, name="mark-all"),
    path("notifications/preferences/", choosing.preferences, name="preferences"),
    path("tickets/<uuid:public_id>/follow/", following.follow, name="follow"),
    path("tickets/<uuid:public_id>/seen/", reading.seen, name="seen"),
    path("administration/notifications/", choosing.defaults, name="defaults"),
]
