"""Signing in and out, second factor, password."""

from __future__ import annotations

from django.urls import include, path

from touchstone.accounts import views

urlpatterns = [
    path("", views.SignIn.as_view(), name="sign-in"),
    path("as/<str:ref>/", views.demo_sign_in, name="demo-sign-in"),
    path("out/", views.sign_out, name="sign-out"),
    path("2fa/", include("allauth.mfa.urls")),
    path("account/", include("allauth.account.urls")),
]
