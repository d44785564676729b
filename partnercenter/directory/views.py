"""The switch of language, color scheme and density."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from partnercenter.directory.models import User
from partnercenter.directory.services import set_preferences
from partnercenter.web.access import public


class PreferencesForm(forms.Form):
    """One preference or several; what is not posted stays as it is."""

    language = forms.ChoiceField(choices=settings.LANGUAGES, required=False)
    color_scheme = forms.ChoiceField(choices=User.ColorScheme.choices, required=False)
    density = forms.ChoiceField(choices=User.Density.choices, required=False)

    def chosen(self) -> dict[str, str]:
        return {name: value for name, value in self.cleaned_data.items() if value}


@public
@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Keep a preference: for a signed-in person with the person, for others in a cookie (language only)."""
    form = PreferencesForm(request.POST)
    chosen = form.chosen() if form.is_valid() else {}
    if request.user.is_authenticated and chosen:
        set_preferences(request.user, chosen)
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    response = HttpResponseRedirect(target if safe else "/")
    if "language" in chosen:
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            chosen["language"],
            max_age=365 * 24 * 3600,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response
