"""Signing in."""

from __future__ import annotations

import ipaddress
from typing import Any

from allauth.account.views import LoginView
from django.conf import settings
from django.contrib.auth import login, logout
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from touchstone.accounts.models import Person
from touchstone.accounts.selectors import demo_people
from touchstone.integrations.wecom.configured import wecom_ready
from touchstone.ui.views import safe_next


def is_demo(request: HttpRequest) -> bool:
    """One-click sign-in exists in the demo only, and only for browsers on this machine."""
    try:
        local = ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        local = False
    # Behind a proxy on this machine everybody's address is this machine's.
    return bool(settings.DEMO and local and "HTTP_X_FORWARDED_FOR" not in request.META)


class SignIn(LoginView):  # type: ignore[misc]
    """User name and password, then the second factor where there is one."""

    template_name = "accounts/sign_in.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        if is_demo(self.request):
            context["demo_people"] = demo_people()
            context["demo_outside"] = settings.DEMO_OUTSIDE
        context["wecom"] = wecom_ready()
        context["nobody"] = not Person.objects.exists()
        return context

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "GET" and not Person.objects.exists():
            return HttpResponseRedirect("/setup/")
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        return response


@require_POST
def demo_sign_in(request: HttpRequest, ref: str) -> HttpResponse:
    """Signs in as one of the demo's people."""
    if not is_demo(request):
        raise Http404
    person = get_object_or_404(Person, ref=ref, is_active=True)
    login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
    return HttpResponseRedirect(safe_next(request))


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends this session."""
    logout(request)
    return HttpResponseRedirect(settings.LOGOUT_REDIRECT_URL)
