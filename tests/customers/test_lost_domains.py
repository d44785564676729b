"""A domain that is removed while users are about to get their names in it."""

from threading import Thread
from uuid import uuid4

import pytest
from django.db import connection, transaction

from customers.models import Customer
from customers.services.user_adding import add_user
from customers.services.user_imports import start_creation
from partnercenter.directory.models import Domain, Tenant, User
from partnercenter.errors import Refused
from tests.faults.waiting import row_is_waited_for, wait_until
from tests.uploads import people, uploaded

VALUES = {"display_name": "Kim", "first_name": "", "last_name": "", "location": "US", "role": "user"}


def test_a_file_whose_domain_is_none_of_the_customer_any_more_is_not_started(browse, ana, tailspin):
    file = uploaded(browse(ana), tailspin, people(2))
    Domain.objects.filter(name="tailspintoys.com").delete()

    with pytest.raises(Refused, match=r"tailspintoys.com is no longer a verified domain of this customer."):
        start_creation(file, location="US", skip_faulty=False, actor=ana.user)


@pytest.mark.django_db(transaction=True)
def test_nobody_is_added_to_a_domain_that_goes_at_this_moment(tailspin, ana):
    said = []

    def add():
        customer = Customer.objects.select_related("partner__tenant", "tenant").get(pk=tailspin.pk)
        try:
            add_user(customer, VALUES, principal_name="kim@tailspintoys.com", user_id=uuid4(), actor=ana.user)
        except Refused as refused:
            said.append(str(refused))
        finally:
            connection.close()

    thread = Thread(target=add)
    with transaction.atomic():
        Tenant.objects.select_for_update(no_key=True).get(pk=tailspin.tenant_id)
        thread.start()
        wait_until(row_is_waited_for())
        Domain.objects.filter(name="tailspintoys.com").delete()
    thread.join()

    assert said == ["The domain of this user name is not a verified one of this customer. Choose another one."]
    assert User.objects.filter(principal_name="kim@tailspintoys.com").count() == 0
