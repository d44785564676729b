import re
from pathlib import Path

import pytest
from django.apps import apps

from partnercenter.states import Stateful

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
