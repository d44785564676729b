"""docker-compose.yml, Dockerfile and .env.example describe the portal as it is."""

import importlib
import re
import shlex
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
OURS = sorted(name for name, service in SERVICES.items() if "build" in service)
DOCKERFILE = (ROOT / "Dockerfile").read_text()
READ_BY_SETTINGS = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', (ROOT / "partnercenter" / "settings.py").read_text()))


def test_the_parts_of_an_installation_are_web_worker_scheduler_migration_and_two_servers():
    assert sorted(SERVICES) == ["migrate", "postgres", "redis", "scheduler", "web", "worker"]


def test_our_parts_are_built_from_one_image():
    images = {SERVICES[name]["image"] for name in OURS}

    assert (OURS, images) == (["migrate", "scheduler", "web", "worker"], {"partnercenter"})


def test_web_worker_and_scheduler_wait_until_the_database_is_up_to_date():
    waits = {name: SERVICES[name]["depends_on"]["migrate"]["condition"] for name in OURS if name != "migrate"}

    assert waits == dict.fromkeys(["scheduler", "web", "worker"], "service_completed_successfully")


@pytest.mark.parametrize("name", ["web", "worker", "postgres", "redis"])
def test_a_part_that_can_hang_says_how_it_is(name):
    assert SERVICES[name]["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}


@pytest.mark.parametrize("name", ["worker", "scheduler"])
def test_workers_and_scheduler_run_an_application_that_exists(name):
    words = shlex.split(SERVICES[name]["command"])

    application = importlib.import_module(words[words.index("--app") + 1]).celery_app

    assert (words[0], application.main) == ("celery", "partnercenter")


def test_the_image_serves_an_application_that_exists():
    module, name = re.search(r'"([\w.]+):(\w+)"\]', DOCKERFILE).groups()

    assert callable(getattr(importlib.import_module(module), name))


def test_what_the_image_copies_exists_and_is_not_ignored():
    copied = re.findall(r"^COPY (?!--)([\w.]+)", DOCKERFILE, flags=re.MULTILINE)
    let_in = re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(), flags=re.MULTILINE)

    assert sorted(copied) == sorted(let_in)
    assert [name for name in copied if not (ROOT / name).exists()] == []


def test_the_image_does_not_run_as_root():
    assert re.findall(r"^USER (\w+)$", DOCKERFILE, flags=re.MULTILINE) == ["portal"]


def test_the_example_shows_every_variable_that_is_read_and_no_other():
    shown = re.findall(r"^(?:# )?([A-Z_]+)=", (ROOT / ".env.example").read_text(), flags=re.MULTILINE)
    read_by_compose = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))

    assert sorted(shown) == sorted(READ_BY_SETTINGS | read_by_compose)


def test_compose_gives_our_parts_only_variables_that_are_read():
    given = {variable for name in OURS for variable in SERVICES[name]["environment"]}

    assert given - READ_BY_SETTINGS == set()


def test_nothing_starts_without_the_one_secret_key_of_all_parts():
    keys = {SERVICES[name]["environment"]["SECRET_KEY"] for name in OURS}

    assert keys == {"${SECRET_KEY:?set SECRET_KEY in .env}"}
