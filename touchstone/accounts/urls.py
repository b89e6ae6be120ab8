"""Signing in and out, second factor, password.

Of allauth's account pages only those that a company's own people need: nobody signs up here, and a
forgotten password is set anew with a link from an administrator.
"""

from __future__ import annotations

from allauth.account import views as allauth_views
from django.urls import include, path, re_path

from touchstone.accounts import views, wecom

account = [
    path("login/", views.SignIn.as_view(), name="account_login"),
    path("logout/", allauth_views.logout, name="account_logout"),
    path("inactive/", allauth_views.account_inactive, name="account_inactive"),
    path("reauthenticate/", allauth_views.reauthenticate, name="account_reauthenticate"),
    path("password/change/", allauth_views.password_change, name="account_change_password"),
    path("password/set/", allauth_views.password_set, name="account_set_password"),
    path(
        "password/new/done/",
        allauth_views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^password/new/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        allauth_views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
]

urlpatterns = [
    path("", views.SignIn.as_view(), name="sign-in"),
    path("as/<str:ref>/", views.demo_sign_in, name="demo-sign-in"),
    path("out/", views.sign_out, name="sign-out"),
    path("wecom/", wecom.wecom_start, name="wecom-start"),
    path("wecom/back/", wecom.wecom_back, name="wecom-back"),
    path("2fa/", include("allauth.mfa.urls")),
    path("account/", include(account)),
]
