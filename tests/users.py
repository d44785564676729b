"""Many users of a customer at once."""

from partnercenter.directory.models import User


def make_many_users(customer, count, **fields):
    """So many users, Kim 0 and those after; their ids, in the order in which they were made."""
    users = User.objects.bulk_create(
        User(
            tenant=customer.tenant,
            principal_name=f"kim.{number}@{customer.domain}",
            display_name=f"Kim {number}",
            **User.keys(f"Kim {number}", "", "", f"kim.{number}@{customer.domain}"),
            **fields,
        )
        for number in range(count)
    )
    return [user.pk for user in users]
