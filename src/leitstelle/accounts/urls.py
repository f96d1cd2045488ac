"""Addresses of sign-in, profile, people and their administration.

The `account_…` names are allauth's: its own code looks them up. Only what is used of it is mounted.
"""

from django.urls import URLPattern, URLResolver, include, path, re_path

from leitstelle.accounts.views import (
    contacts,
    home,
    invitations,
    manage,
    merging,
    profile,
    records,
    sign_in,
    sign_up,
    tokens,
)

_own: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("account/confirm/<str:signed>/", sign_up.confirm, name="confirm"),
    path("account/invitation/<str:signed>/", invitations.accept, name="invitation"),
    path("account/sent/", sign_up.sent, name="sent"),
    path("account/profile/", profile.profile, name="profile"),
    path("account/profile/name/", profile.change_name, name="own-name"),
    path("account/profile/signature/", profile.change_signature, name="own-signature"),
    path("account/profile/contacts/add/", profile.add_contact, name="contact-add"),
    path("account/profile/contacts/<int:pk>/remove/", profile.remove_contact, name="contact-remove"),
    path("account/profile/contacts/<int:pk>/primary/", profile.choose_primary, name="contact-primary"),
    path("account/profile/contacts/<int:pk>/verify/", profile.send_verification, name="contact-verify"),
    path("account/tokens/", tokens.own_tokens, name="tokens"),
    path("account/tokens/<int:pk>/revoke/", tokens.revoke, name="token-revoke"),
    path("people/<uuid:public_id>/", records.person, name="person"),
    path("people/duplicates/", merging.duplicates, name="duplicates"),
    path("people/<uuid:public_id>/notes/", contacts.notes, name="person-notes"),
    path("people/<uuid:public_id>/contacts/", contacts.add, name="person-contact-add"),
    *(
        path(
            f"people/<uuid:public_id>/contacts/<int:pk>/{step}/",
            contacts.step,
            {"step": step},
            name=f"person-contact-{step}",
        )
        for step in contacts.STEPS
    ),
    path("organisations/<uuid:public_id>/", records.organisation, name="organisation"),
    path("merge/<uuid:public_id>/", merging.merge_record, name="merge-record"),
    path("merge/<uuid:public_id>/undo/", merging.undo, name="merge-undo"),
    path("merge/<str:kind>/<uuid:public_id>/", merging.choose, name="merge-choose"),
    path("merge/<str:kind>/<uuid:public_id>/<uuid:other_id>/", merging.preview, name="merge"),
    *manage.urlpatterns,
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("account/login/", sign_in.SignIn.as_view(), name="account_login"),
    path("account/logout/", sign_in.SignOut.as_view(), name="account_logout"),
    path("account/inactive/", sign_in.Inactive.as_view(), name="account_inactive"),
    path("account/signup/", sign_up.sign_up, name="account_signup"),
    path("account/email/", profile.profile, name="account_email"),
    path("account/confirm-email/", sign_up.sent, name="account_email_verification_sent"),
    path("account/password/change/", sign_in.PasswordChange.as_view(), name="account_change_password"),
    path("account/password/set/", sign_in.PasswordChange.as_view(), name="account_set_password"),
    path("account/password/reset/", sign_in.PasswordForgotten.as_view(), name="account_reset_password"),
    path(
        "account/password/reset/done/",
        sign_in.PasswordMailSent.as_view(),
        name="account_reset_password_done",
    ),
    re_path(
        r"^account/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        sign_in.PasswordNew.as_view(),
        name="account_reset_password_from_key",
    ),
    path(
        "account/password/reset/key/done/",
        sign_in.PasswordNewDone.as_view(),
        name="account_reset_password_from_key_done",
    ),
    path("", include((_own, "accounts"))),
]
