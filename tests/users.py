"""Many users of a customer at once."""

from partnercenter.directory.models import User


def make_many_users(customer, count, **fields):
    """So many users with the name Kim; their ids, in the order in which they were made."""
    users = User.objects.bulk_create(
        User(
            tenant=customer.tenant,
            principal_name=f"kim.{number}@{customer.domain}",
            display_name="Kim",
            **User.keys("Kim", "", "", f"kim.{number}@{customer.domain}"),
            **fields,
        )
        for number in range(count)
    )
    return [user.pk for user in users]
