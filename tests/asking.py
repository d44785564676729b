"""Requests for a relationship, as tests make them."""

from relationships.models import RelationshipRequest
from relationships.services.request_letters import link_of, propose_letter
from relationships.services.requests import Asked, make_request, token_for

NEW = "/relationships/requests/new/"
WISHES = iter(range(10**9))


def ask(staff, tenant=None, *, email="paula@proseware.com", send=True, **fields):
    """A request of a staff member, made as the service makes it; `fields` are what else is written into its row."""
    wish = f"wish {next(WISHES)}"
    values = {"with_privileges": True, "language": "en", "reseller": None}
    values |= {name: fields.pop(name) for name in list(fields) if name in values}
    link = link_of(token_for(staff.user, wish))
    letter = propose_letter(staff.partner, staff.user, link=link, **values)
    asked = Asked(email=email, tenant=tenant, letter=letter, **values)
    made, _is_new = make_request(staff.partner, asked, wish=wish, send=send, actor=staff.user)
    if fields:
        RelationshipRequest.objects.filter(pk=made.pk).update(**fields)
    return RelationshipRequest.objects.get(pk=made.pk)


def page_of(asked, name="request"):
    """A page of a request for the organization that is asked."""
    act = "" if name == "request" else f"{name}/"
    return f"/my/requests/{asked.token}/{act}"


def proposed(client, address=NEW):
    """The fields of a new request as the page proposes them."""
    form = client.get(address).context["form"]
    return {field.html_name: field.value() or "" for field in form}
