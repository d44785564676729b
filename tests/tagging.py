"""Tags on customers, as people put them on and take them off."""

from customers.models import Customer, Tag
from partnercenter.activity.models import Activity, Deed

ASSIGN = "/customers/tags/assign/"


def ids(*customers):
    return {"ids": [str(customer.tenant_id) for customer in customers]}


def add(*tags):
    return {"add": [str(tag.guid) for tag in tags]}


def remove(*tags):
    return {"remove": [str(tag.guid) for tag in tags]}


def apply(client, sent, query=""):
    return client.post(f"{ASSIGN}{query}", {"step": "apply", **sent}, follow=True)


def tags_by_name():
    names = dict(Tag.objects.values_list("pk", "name"))
    rows = Customer.objects.order_by("name_key").values_list("name", "tag_ids")
    return {name: [names[pk] for pk in pks] for name, pks in rows}


def states(response):
    return {box.tag.name: (box.state, box.on) for box in response.context["boxes"]}


def messages_of(response):
    return [str(message) for message in response.context["messages"]]


def lines():
    changed = Activity.objects.filter(deed=Deed.TAGS_CHANGED).order_by("pk")
    return [(line.customer_name, line.details) for line in changed]
