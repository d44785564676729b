"""People of the directory."""

import pytest
from django.db import IntegrityError

from partnercenter.directory.models import User

pytestmark = pytest.mark.django_db


def test_names_and_mail_addresses_are_kept_in_lower_case():
    user = User.objects.create_user("Kim@Contoso.com", display_name="Kim", email="Kim.Park@Mail.Example")

    assert (user.principal_name, user.email) == ("kim@contoso.com", "kim.park@mail.example")


def test_the_database_takes_no_mail_address_in_another_case():
    with pytest.raises(IntegrityError, match="mail_addresses_are_lower_case"):
        User.objects.create(principal_name="kim@contoso.com", display_name="Kim", email="Kim@contoso.com")
