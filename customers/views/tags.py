"""Tags: the vocabulary of a partner, and putting them on customers and taking them off."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event

from customers.forms.selection import Selection, selection_from
from customers.forms.tags import SHOWN, DeleteForm, MergeForm, TagChoices, TagForm
from customers.models import Tag
from customers.navigation import customer_context
from customers.selectors.customers import customers_of, tags_of
from customers.selectors.list_address import list_address
from customers.selectors.tags import customers_with, tag_counts, tag_counts_of
from customers.services import tags as services
from customers.services.tags import AT_ONCE, Changed, change_many, change_tags
from customers.views.customer_list import form_of, wants_piece
from customers.views.job_words import tell_of_job
from customers.views.scope import why_not
from partnercenter.errors import Refused
from partnercenter.partners.access import Forbidden, StaffRequest, allow
from partnercenter.partners.roles import Action
from partnercenter.web.forms import looks_and_acts
from partnercenter.web.templatetags.web import grouped


@allow(Action.SEE_CUSTOMERS)
@looks_and_acts
def tags(request: StaffRequest) -> HttpResponse:
    """The vocabulary; whoever may change tags adds to it here."""
    data = _posted(request)
    form = TagForm(data)
    if form.is_valid() and (made := _create(request, form)):
        messages.success(request, _("The tag %(name)s was created.") % {"name": made})
        return redirect("customers:tags")
    vocabulary, counts = list(tags_of(request.partner)), tag_counts_of(request.partner)
    if counts is not None:
        for tag in vocabulary:
            tag.customers = counts.get(tag.pk, 0)  # type: ignore[attr-defined]
    context = {"form": form, "tags": vocabulary, "counted": counts is not None} | _denied(request)
    return render(request, "customers/tags.html", context, status=422 if form.errors else 200)


@allow(Action.SEE_CUSTOMERS)
@looks_and_acts
def tag(request: StaffRequest, tag_id: UUID) -> HttpResponse:
    """One tag: rename and recolor it, merge it into another one, delete it; `act` says which of them."""
    vocabulary = tags_of(request.partner)
    this = get_object_or_404(vocabulary.select_related("partner"), guid=tag_id)
    data = _posted(request)
    act = data.get("act", "edit") if data is not None else ""
    edit = TagForm(data if act == "edit" else None, initial={"name": this.name, "color": this.color})
    merge = MergeForm(data if act == "merge" else None, tag=this, tags=vocabulary)
    delete = DeleteForm(data if act == "delete" else None, tag=this)
    forms: dict[str, TagForm | MergeForm | DeleteForm] = {"edit": edit, "merge": merge, "delete": delete}
    asked = forms.get(act)
    if asked is not None and asked.is_valid():
        try:
            messages.success(request, _carry_out(request, this, asked))
        except Refused as refused:
            asked.add_error(None if asked is delete else next(iter(asked.fields)), str(refused))
        else:
            return redirect("customers:tags")
    context = {
        "tag": this,
        "form": asked or edit,
        "edit": edit,
        "merge": merge,
        "delete": delete,
        "count": customers_with(this).count(None),
    }
    return render(request, "customers/tag.html", context | _denied(request), status=422 if data is not None else 200)


def _carry_out(request: StaffRequest, this: Tag, form: TagForm | MergeForm | DeleteForm) -> str:
    """Do what a form asks of a tag; the sentence that says what came of it. Raises `Refused`."""
    match form:
        case TagForm():
            changed = services.edit_tag(this, **form.cleaned_data, actor=request.user)
            done = _("The tag %(name)s was saved.") if changed else _("Nothing was changed.")
            return done % {"name": form.cleaned_data["name"]}
        case MergeForm():
            return _merged(this.name, form.chosen.name, services.merge_tags(this, form.chosen, actor=request.user))
    return _deleted(this.name, services.delete_tag(this, actor=request.user))


def _merged(name: str, target: str, changed: Changed) -> str:
    words = {"name": name, "target": target, "count": grouped(changed.customers)}
    if changed.job:
        sentence = _(
            "%(name)s is gone. A job gives %(target)s to its %(count)s customers; you are told when it has ended."
        )
        return sentence % words
    sentence = ngettext(
        "%(name)s is gone; its %(count)s customer has %(target)s now.",
        "%(name)s is gone; its %(count)s customers have %(target)s now.",
        changed.customers,
    )
    return sentence % words


def _deleted(name: str, changed: Changed) -> str:
    words = {"name": name, "count": grouped(changed.customers)}
    if changed.job:
        sentence = _("%(name)s is gone. A job takes it off its %(count)s customers; you are told when it has ended.")
        return sentence % words
    sentence = ngettext(
        "%(name)s was deleted. %(count)s customer had it.",
        "%(name)s was deleted. %(count)s customers had it.",
        changed.customers,
    )
    return sentence % words


@allow(Action.EDIT_TAGS)
@looks_and_acts
def assign_tags(request: StaffRequest) -> HttpResponse:
    """Put tags on the customers that were selected in the list, and take tags off; the address is that of the list.

    The panel asks; with `step=apply` it is done. Whoever comes without a selection is led to the list.
    """
    then = list_address(request.GET)
    if request.method != "POST":
        return redirect(then)
    try:
        selection = selection_from(request.POST, form_of(request), request.partner)
    except Refused as refused:
        messages.error(request, str(refused))
        return _leave(request, then)
    url = f"{reverse('customers:assign_tags')}?{request.GET.urlencode()}"
    return _assign(request, selection, {"url": url, "then": then, "page": "customers/assign_tags.html"})


@allow(Action.EDIT_TAGS)
@looks_and_acts
def customer_tags(request: StaffRequest, microsoft_id: UUID) -> HttpResponse:
    """The tags of one customer, in the panel of its account page or on a page of their own."""
    customer = get_object_or_404(customers_of(request.partner), tenant_id=microsoft_id)
    context = customer_context(request, customer) | {
        "url": reverse("customers:customer_tags", args=[microsoft_id]),
        "then": _list_it_stands_in(request) or reverse("customers:account", args=[microsoft_id]),
        "page": "customers/tags_of_customer.html",
    }
    return _assign(request, Selection(request.partner, 1, (customer.tenant_id,)), context)


def _list_it_stands_in(request: StaffRequest) -> str:
    """The address of the list in whose panel one customer is shown, as htmx says it; empty elsewhere."""
    page = request.htmx.current_url_abs_path or ""  # type: ignore[attr-defined]
    return page if page.partition("?")[0] == reverse("customers:list") else ""


def _assign(request: StaffRequest, selection: Selection, context: dict[str, Any]) -> HttpResponse:
    """Ask what is to become of the tags of some customers, or do it. `context` has `url` of this, `then`, `page`."""
    choices = TagChoices(request.POST, tags_of(request.partner))
    step = request.POST.get("step", "")
    problem = _problem(choices) if step == "apply" else ""
    if step == "apply" and not problem:
        try:
            _apply(request, selection, choices, context["then"])
        except Refused as refused:
            problem = str(refused)
        else:
            answer = _leave(request, context["then"])
            # The script forgets what was selected only now.
            return answer if "customer" in context else trigger_client_event(answer, "selectionDone")
    new = _new_tag(request, choices, step)
    counts = tag_counts(selection.customers) if selection.is_counted else None
    boxes = choices.boxes(counts, selection.count)
    context |= {
        "selection": selection,
        "count": selection.count_all(),
        "boxes": boxes[:SHOWN],
        "not_shown": len(boxes[SHOWN:]),
        "choices": choices,
        "new": new,
        "problem": problem,
    }
    piece = wants_piece(request)
    context["in_panel"] = piece and request.htmx.current_url_abs_path != request.get_full_path()  # type: ignore[attr-defined]
    status = 422 if (problem or new.errors) and not piece else 200
    return render(request, "customers/_assign_tags.html" if piece else context["page"], context, status=status)


def _problem(choices: TagChoices) -> str:
    """Why nothing can be done as it was chosen; empty if it can."""
    if not choices.are_there:
        return _("A tag that you chose was deleted a moment ago. Look at the tags and choose again.")
    if not choices.chosen("add") and not choices.chosen("remove"):
        return _("Nothing is chosen yet. Choose a tag to put on or to take off.")
    return ""


def _new_tag(request: StaffRequest, choices: TagChoices, step: str) -> TagForm:
    """The form for a new tag; one that was asked for is made, and chosen to be put on."""
    asked = step == "create" or (step == "find" and request.POST.get("new-name"))
    form = TagForm(request.POST if asked else None, prefix="new")
    if asked and form.is_valid() and (made := _create(request, form)):
        choices.put_on(made)
        return TagForm(prefix="new")
    return form


def _create(request: StaffRequest, form: TagForm) -> Tag | None:
    """Make the tag of a valid form; what is wrong with it is said at its field."""
    try:
        return services.create_tag(request.partner, **form.cleaned_data, actor=request.user)
    except Refused as refused:
        form.add_error("name", str(refused))
        return None


def _apply(request: StaffRequest, selection: Selection, choices: TagChoices, url: str) -> None:
    """Change the tags of the selected customers, at once or by a job, and say so. Raises `Refused`."""
    asked: Any = {"add": choices.chosen("add"), "remove": choices.chosen("remove"), "actor": request.user}
    if selection.count <= AT_ONCE:
        _tell(request, change_tags(request.partner, selection.tenant_ids, **asked))
        return
    total = selection.count_all()
    job = change_many(request.partner, selection.chosen_by, total=total, url=url, **asked)
    sentence = _("A job changes the tags of %(count)s customers. You are told when it has ended.")
    tell_of_job(request, sentence % {"count": grouped(total)}, job)


def _tell(request: HttpRequest, changed: Changed) -> None:
    """What came of a change that was done at once."""
    if changed.changed:
        sentence = ngettext(
            "The tags of %(count)s customer are as you chose.",
            "The tags of %(count)s customers are as you chose.",
            changed.customers,
        )
        messages.success(request, sentence % {"count": grouped(changed.customers)})
    elif not changed.over_limit:
        messages.info(request, _("Nothing was changed: all of them were like that already."))
    if changed.over_limit:
        messages.warning(request, _over_limit(changed))


def _over_limit(changed: Changed) -> str:
    words = {
        "count": grouped(changed.over_limit),
        "limit": grouped(Tag.MOST_ON_A_CUSTOMER),
        "names": ", ".join(changed.names),
    }
    if changed.over_limit > len(changed.names):
        sentence = _(
            "%(count)s customers would have more than %(limit)s tags and were left as they were, among them %(names)s. "
            "Take tags off them first."
        )
        return sentence % words
    sentence = ngettext(
        "%(count)s customer would have more than %(limit)s tags and was left as it was: %(names)s. "
        "Take tags off it first.",
        "%(count)s customers would have more than %(limit)s tags and were left as they were: %(names)s. "
        "Take tags off them first.",
        changed.over_limit,
    )
    return sentence % words


def _leave(request: HttpRequest, url: str) -> HttpResponse:
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)  # type: ignore[attr-defined]


def _posted(request: StaffRequest) -> Any:
    """What was posted, for a page that everybody may look at and only some may act on; None for a look.

    Raises `Forbidden` for somebody who may not change tags.
    """
    if request.method != "POST":
        return None
    if not request.staff.may(Action.EDIT_TAGS):
        raise Forbidden(request.staff, Action.EDIT_TAGS)
    return request.POST


def _denied(request: StaffRequest) -> dict[str, str]:
    return {"tags_denied": why_not(request, Action.EDIT_TAGS)}
