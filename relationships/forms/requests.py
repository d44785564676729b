"""Asking an organization for a relationship: whom, for what, and with which letter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, Final

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.forms.contact import text_field
from partnercenter.directory.clouds import Feature, offers
from partnercenter.directory.models import Tenant
from partnercenter.directory.names import check_contact_email
from partnercenter.partners.access import StaffRequest
from relationships.models import RelationshipRequest
from relationships.selectors.partnerships import active_resellers_of
from relationships.selectors.requests import adds_only_privileges, obstacle_to_asking, organization_of, waiting_alike
from relationships.services.letters import Letter
from relationships.services.request_letters import keeps_link, link_of, propose_letter
from relationships.services.requests import Asked, token_for

WITH: Final = "with"
WITHOUT: Final = "without"


@dataclass(frozen=True)
class Choice:
    """What a letter depends on. As a text it stands in the form, to tell what the letter was proposed for.

    `served` is empty, or the Microsoft ID of a customer that is asked for privileges alone.
    """

    privileges: str
    reseller: str
    language: str
    served: str = ""

    def __str__(self) -> str:
        return f"{self.privileges},{self.reseller},{self.language},{self.served}"

    @classmethod
    def parse(cls, text: str) -> Choice | None:
        """The choice that is written so; None for anything else."""
        parts = text.split(",")
        return cls(*parts) if len(parts) == len(fields(cls)) else None


class RequestForm(forms.Form):
    """Whom a partner asks for what. The letter is proposed for what is chosen, until the person changes its words.

    `wish` tells one wish from the next, `chosen` is for what the person has seen the letter, and `proposed_for` for
    what its words were proposed. `looked_at` is the ID of a similar request that waits, which the person was told of.
    """

    wish = forms.CharField(widget=forms.HiddenInput, max_length=50)
    chosen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=100)
    proposed_for = forms.CharField(widget=forms.HiddenInput, required=False, max_length=100)
    looked_at = forms.CharField(widget=forms.HiddenInput, required=False, max_length=50)
    domain = forms.CharField(
        label=gettext_lazy("Domain of the organization"),
        required=False,
        max_length=253,
        help_text=gettext_lazy("With it only this organization can answer. Leave it empty if you do not know it."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "contoso.com", "spellcheck": "false"}),
    )
    email = text_field(
        gettext_lazy("Email of the recipient"),
        254,
        gettext_lazy("Enter the email address to which the letter goes."),
        help_text=gettext_lazy("Best a Global admin of the organization: only they can accept."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    privileges = forms.ChoiceField(
        label=gettext_lazy("Delegated admin privileges"),
        choices=[
            (WITH, gettext_lazy("With: you may administer the services of the customer")),
            (WITHOUT, gettext_lazy("Without: you may sell to the customer and support it")),
        ],
        widget=forms.RadioSelect,
    )
    reseller = forms.ChoiceField(label=gettext_lazy("Together with"), required=False)
    language = forms.ChoiceField(label=gettext_lazy("Language of the letter"))
    subject = text_field(gettext_lazy("Subject"), 200, gettext_lazy("Enter the subject of the letter."))
    letter = text_field(
        gettext_lazy("Letter"), 8_000, gettext_lazy("Enter the letter."), widget=forms.Textarea(attrs={"rows": 16})
    )

    def __init__(self, data: Any = None, *, request: StaffRequest, initial: dict[str, Any] | None = None) -> None:
        self.partner, self.person = request.partner, request.user
        self.resellers = {str(one.pk): one for one in active_resellers_of(self.partner)}
        super().__init__(data, initial=initial)
        self.fields["language"].choices = settings.LANGUAGES  # type: ignore[attr-defined]
        if not offers(self.partner.cloud, Feature.REQUEST_WITHOUT_ADMIN_RIGHTS):
            del self.fields["privileges"]
        nobody = ("", _("No reseller: you serve the customer directly"))
        self.fields["reseller"].choices = [nobody, *((pk, str(one)) for pk, one in self.resellers.items())]  # type: ignore[attr-defined]
        if not self.resellers:
            del self.fields["reseller"]
        if self.served:
            self.fields.pop("privileges", None)
        self.tenant: Tenant | None = None
        self.alike: RelationshipRequest | None = None
        self.problem = ""
        self.looks: list[str] = []

    @cached_property
    def link(self) -> str:
        """The address at which the request will be answered."""
        return link_of(token_for(self.person, self._value("wish")))

    @cached_property
    def served(self) -> Tenant | None:
        """The organization, if it is a customer already that has all but the privileges: they alone are asked for."""
        tenant, reseller = organization_of(self._value("domain"), self.partner.cloud), self._chosen("reseller")
        alone = adds_only_privileges(self.partner, tenant, reseller=self.resellers.get(reseller))
        return tenant if alone else None

    def _value(self, name: str) -> str:
        """What a field has now, as it was typed or is proposed."""
        return str((self.data if self.is_bound else self.initial).get(name) or "")

    @property
    def choice(self) -> Choice:
        """What is chosen now; the usual where that is none of the choices."""
        return Choice(self._chosen("privileges"), self._chosen("reseller"), self._chosen("language"), self._served_id)

    @property
    def _served_id(self) -> str:
        return str(self.served.pk) if self.served else ""

    def _chosen(self, name: str) -> str:
        if name not in self.fields:
            return WITH if name == "privileges" else ""
        value, choices = self._value(name), [choice[0] for choice in self.fields[name].choices]  # type: ignore[attr-defined]
        return value if value in choices else choices[0]

    def propose(self, choice: Choice) -> Letter:
        """The letter for what is chosen."""
        return propose_letter(
            self.partner,
            self.person,
            with_privileges=choice.privileges == WITH,
            reseller=self.resellers.get(choice.reseller),
            language=choice.language,
            link=self.link,
            serves_already=bool(choice.served),
        )

    @property
    def is_edited(self) -> bool:
        """Whether the words of the letter are no longer those that were proposed."""
        typed, before = self._typed(), Choice.parse(self._value("proposed_for"))
        if not (typed.subject or typed.body):
            return False
        known = before and before.language in dict(settings.LANGUAGES)
        return not (before and known) or typed != self.propose(before)

    def _typed(self) -> Letter:
        return Letter(" ".join(self._value("subject").split()), tidy(self._value("letter")))

    @property
    def notice(self) -> str:
        """What is said of a letter whose words were changed before something else was chosen; empty for any other."""
        if self._value("proposed_for") == str(self.choice) or not self.is_edited:
            return ""
        return _("You have changed the letter, so it stays as it is. Check that it says what you ask for.")

    def draw(self, *, anew: bool = False) -> None:
        """Propose the letter for what is chosen; one that somebody changed stays, unless they ask for it `anew`."""
        values = {"chosen": str(self.choice)}
        if anew or not self.is_edited:
            letter = self.propose(self.choice)
            values |= {"proposed_for": str(self.choice), "subject": letter.subject, "letter": letter.body}
        self._take(values)

    def _take(self, values: Mapping[str, str]) -> None:
        """Put values into the form, as if they had come with it."""
        if self.is_bound:
            self.data = self.data.copy()  # type: ignore[attr-defined]
            for name, value in values.items():
                self.data[name] = value  # type: ignore[index]
        else:
            self.initial = {**self.initial, **values}

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        verified = self.partner.tenant.domains.filter(verified_at__isnull=False)
        if problem := check_contact_email(email, verified.values_list("name", flat=True)):
            raise forms.ValidationError(problem.sentence, code=problem.code)
        return email

    def clean_domain(self) -> str:
        domain: str = self.cleaned_data["domain"]
        if domain:
            self.tenant = organization_of(domain, self.partner.cloud)
            if self.tenant is None:
                self.problem = "unknown"
                raise forms.ValidationError(
                    _(
                        "No organization of the %(cloud)s cloud has this domain. "
                        "For a company without an organization, add a customer instead."
                    )
                    % {"cloud": self.partner.cloud.label}
                )
        return domain

    def clean_letter(self) -> str:
        letter = tidy(self.cleaned_data["letter"])
        if not keeps_link(letter, self.link):
            raise forms.ValidationError(
                _("Put this link into the letter once, with a space or a new line after it: %(link)s")
                % {"link": self.link}
            )
        return letter

    def clean_subject(self) -> str:
        return " ".join(self.cleaned_data["subject"].split())

    def clean(self) -> dict[str, Any]:
        """What is in the way of asking this organization; then what should be looked at before it is asked."""
        obstacle = obstacle_to_asking(
            self.partner,
            self.tenant,
            with_privileges=self.choice.privileges == WITH,
            reseller=self.resellers.get(self.choice.reseller),
        )
        if obstacle and "domain" not in self.errors:
            self.problem = obstacle.code
            self.add_error("domain" if self.tenant else None, obstacle.sentence)
        if not self.errors:
            self._look_again()
        return self.cleaned_data

    def _look_again(self) -> None:
        """A letter for something else than what is chosen, and a second request, are sent after a second look only."""
        if self.cleaned_data["chosen"] != str(self.choice):
            self.draw()
            self.looks.append(self.notice or _("The letter says now what you have chosen. Read it, then send it."))
        alike = waiting_alike(self.partner, tenant=self.tenant, email=self.cleaned_data["email"])
        if alike and self.cleaned_data["looked_at"] != str(alike.pk):
            self.alike = alike
            self._take({"looked_at": str(alike.pk)})
            sentence = _("A request to %(recipient)s waits for an answer already. To ask once more, send this as well.")
            self.looks.append(sentence % {"recipient": alike.tenant or alike.email})

    @property
    def is_ready(self) -> bool:
        """Whether everything is as it should be, and nothing has to be looked at once more: `looks` says what."""
        return self.is_valid() and not self.looks

    @property
    def wanted(self) -> Asked:
        """What a form that is valid asks."""
        return Asked(
            email=self.cleaned_data["email"],
            tenant=self.tenant,
            with_privileges=self.choice.privileges == WITH,
            reseller=self.resellers.get(self.choice.reseller),
            language=self.cleaned_data["language"],
            letter=Letter(self.cleaned_data["subject"], self.cleaned_data["letter"]),
        )


def tidy(text: str) -> str:
    """A letter as it is kept: its lines end with a line feed, and nothing is around it."""
    return "\n".join(text.splitlines()).strip()
