import re
from pathlib import Path

import pytest
from django.apps import apps

from partnercenter.states import Stateful
from subscriptions.models import Party, Transfer
from subscriptions.selectors.transfers import cancels

DOMAIN = Path("docs/domain.md").read_text()
STATEFUL = [model for model in apps.get_models() if issubclass(model, Stateful)]


def documented(model):
    """The table of steps below the heading of a model, as the code has it."""
    section = DOMAIN.split(f"### {model.__name__}\n", 1)[1].split("\n###", 1)[0]
    rows = re.findall(r"^\| (\w+) \| ([^|]+) \|$", section, re.MULTILINE)
    return {state: set(steps.split(", ")) - {"–"} for state, steps in rows if state != "state"}


@pytest.mark.parametrize("model", STATEFUL)
def test_the_states_in_the_documentation_are_those_of_the_code(model):
    assert documented(model) == {str(state): {str(step) for step in steps} for state, steps in model.STEPS.items()}


def test_who_may_act_on_a_transfer_in_the_documentation_is_who_may_in_the_code():
    rows = re.findall(r"^\| (awaiting_\w+) \| (\w+) \| (\w+) \| ([\w, ]+) \|$", DOMAIN, re.MULTILINE)

    assert {(state, asked_as) for state, asked_as, _acts, _cancels in rows} == {
        (state, party) for state in Transfer.WAITING for party in (Party.TARGET, Party.CUSTOMER)
    }
    for state, asked_as, acts, canceling in rows:
        transfer = Transfer(status=state, asked_as=asked_as)
        assert transfer.must_act == acts
        assert {party for party in Party if cancels(transfer, party)} == set(canceling.split(", "))
