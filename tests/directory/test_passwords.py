"""Temporary passwords: easy to type, impossible to guess, stored as a hash that is soon replaced."""

import re

import pytest
from django.contrib.auth.hashers import check_password, identify_hasher

from partnercenter.directory.models import User
from partnercenter.directory.passwords import (
    ALPHABET,
    GROUP_LENGTH,
    GROUPS,
    hash_temporary_password,
    new_temporary_password,
)


def test_a_temporary_password_has_more_than_80_random_bits():
    assert (len(set(ALPHABET)), GROUPS * GROUP_LENGTH * 5 >= 80) == (32, True)


def test_a_temporary_password_comes_in_groups_of_signs_that_cannot_be_mistaken():
    passwords = [new_temporary_password() for _ in range(200)]

    assert [word for word in passwords if not re.fullmatch(r"[a-km-np-z2-9]{5}(-[a-km-np-z2-9]{5}){3}", word)] == []
    assert len(set(passwords)) == 200


def test_every_sign_of_the_alphabet_is_used():
    signs = {sign for _ in range(200) for sign in new_temporary_password()}

    assert signs == {*ALPHABET, "-"}


def test_a_temporary_password_is_known_again_and_nothing_else_is():
    password = new_temporary_password()
    stored = hash_temporary_password(password)

    assert [check_password(guess, stored) for guess in (password, password.upper(), password[:-1], "")] == [
        True,
        False,
        False,
        False,
    ]


def test_one_password_is_stored_differently_each_time():
    password = new_temporary_password()

    assert hash_temporary_password(password) != hash_temporary_password(password)


def test_the_hash_does_not_show_the_password_and_fits_its_column():
    password = new_temporary_password()
    stored = hash_temporary_password(password)

    assert (stored.count(password), len(stored) <= 128) == (0, True)


def test_a_hash_is_worth_nothing_under_another_key(settings):
    password = new_temporary_password()
    stored = hash_temporary_password(password)
    settings.SECRET_KEY = "another key"

    assert not check_password(password, stored)


def test_a_password_handed_out_under_the_key_before_is_known_while_that_key_counts(settings):
    password = new_temporary_password()
    stored = hash_temporary_password(password)
    settings.SECRET_KEY_FALLBACKS = ["an even older key", settings.SECRET_KEY]
    settings.SECRET_KEY = "another key"

    assert [check_password(guess, stored) for guess in (password, "wrong")] == [True, False]


def test_what_an_administrator_sees_of_a_hash_is_masked():
    stored = hash_temporary_password(new_temporary_password())

    summary = identify_hasher(stored).safe_summary(stored)

    assert (summary["algorithm"], summary["hash"].count(stored.split("$")[2])) == ("temporary", 0)


@pytest.mark.django_db
def test_a_temporary_password_gets_the_strong_hash_at_its_first_use(settings):
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.Argon2PasswordHasher",
        "partnercenter.directory.passwords.TemporaryPasswordHasher",
    ]
    password = new_temporary_password()
    user = User.objects.create(
        principal_name="kim@tailspintoys.com", display_name="Kim", password=hash_temporary_password(password)
    )

    wrong, first = user.check_password("wrong"), user.check_password(password)

    user.refresh_from_db()
    assert (wrong, first, user.password.split("$")[:2]) == (False, True, ["argon2", "argon2id"])
    assert user.check_password(password)


@pytest.mark.django_db
def test_a_wrong_password_does_not_change_what_is_stored():
    stored = hash_temporary_password(new_temporary_password())
    user = User.objects.create(principal_name="kim@tailspintoys.com", display_name="Kim", password=stored)

    user.check_password("wrong")

    user.refresh_from_db()
    assert user.password == stored
