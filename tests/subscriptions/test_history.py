"""What the history of a subscription tells."""

import pytest
from django.urls import reverse
from django.utils import translation

from subscriptions.catalog import Cycle
from subscriptions.services.subscriptions import change_subscription


@pytest.mark.parametrize("language", ["en", "de", "zh-hans"])
def test_a_billing_cycle_is_told_in_the_language_of_the_reader(browse, ana, tailspin, e3, language):
    change_subscription(e3, {"billing_cycle": "monthly"}, customer=tailspin, seen=str(e3.version), actor=ana.user)
    ana.user.language = language
    ana.user.save()

    with translation.override(language):
        page = browse(ana).get(reverse("subscriptions:subscription", args=[tailspin.tenant_id, e3.pk]))
        before, after = str(Cycle.ANNUAL.label), str(Cycle.MONTHLY.label)
    [line] = page.context["history"]
    history = page.content.decode().split('id="history"')[1]
    assert line.details["Billing"] == ["annual", "monthly"]
    assert before in history
    assert after in history
    assert "annual" not in history
