"""Settings follow from the environment."""

import os
import subprocess
import sys

import pytest

THEIRS = {"DATABASE_URL", "SECRET_KEY", "DEMO", "BEHIND_PROXY", "PROXIES"}


def settings_with(name, **given):
    """What a setting is, in a process that was given these variables alone; or the last line of its refusal."""
    environment = {key: value for key, value in os.environ.items() if key not in THEIRS} | given
    code = f"from partnercenter import settings; print(settings.{name})"
    ended = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    return (ended.stdout or ended.stderr.splitlines()[-1]).strip()


@pytest.mark.parametrize(
    ("given", "proxies"),
    [({}, "0"), ({"BEHIND_PROXY": "true"}, "1"), ({"BEHIND_PROXY": "1", "PROXIES": "2"}, "2"), ({"PROXIES": "2"}, "0")],
)
def test_only_proxies_that_we_have_say_where_somebody_asks_from(given, proxies):
    assert settings_with("ALLAUTH_TRUSTED_PROXY_COUNT", **given) == proxies


DATABASE = {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"}


def test_with_a_database_of_its_own_an_installation_needs_a_secret_key():
    said = settings_with("SECRET_KEY", **DATABASE)

    assert said == (
        "django.core.exceptions.ImproperlyConfigured: SECRET_KEY is not given, and every process would make its own. "
        "Make one and give it to all of them: python3 -c 'import secrets; print(secrets.token_urlsafe(64))'"
    )


def test_an_empty_secret_key_is_none():
    assert "ImproperlyConfigured" in settings_with("SECRET_KEY", SECRET_KEY="", **DATABASE)


def test_the_secret_key_that_is_given_counts():
    assert settings_with("SECRET_KEY", SECRET_KEY="ours", **DATABASE) == "ours"


@pytest.mark.parametrize("given", [{}, DATABASE | {"DEMO": "1"}])
def test_one_machine_and_the_demo_make_a_secret_key_and_keep_it(tmp_path, given):
    keys = [settings_with("SECRET_KEY", VAR=str(tmp_path), **given) for _start in range(2)]

    assert (keys[0] == keys[1], len(keys[0]) > 60) == (True, True)
