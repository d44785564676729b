"""The account step of adding a customer: everything the product rules, section 5, ask for, on one page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.forms.company import ADDRESS, CompanyForm
from customers.forms.contact import text_field
from customers.forms.qualification import REQUIRED, QualificationRules
from customers.models import Tag
from customers.selectors.customers import tags_of
from customers.services.qualifications import STATED
from partnercenter.directory.clouds import CLOUDS, Feature, market_countries, offers
from partnercenter.directory.countries import country_choices, culture_choices, default_culture
from partnercenter.directory.prefixes import check_prefix, given_domain, normalize_prefix
from partnercenter.directory.selectors import taken_domains
from partnercenter.partners.models import Partner, Staff
from partnercenter.partners.roles import Action
from relationships.forms.new_customer_agreement import AgreementRules
from relationships.selectors.partnerships import active_resellers_of
from relationships.services.new_customer_adding import BILLED, Company

PHONES: Final = ("phone", "agreement_phone")
# Errors are told in the order of the page.
ORDER: Final = (
    "country", "company_name", "domain_prefix", "registration_id", "culture", *ADDRESS, "first_name", "last_name",
    "email", "phone", *STATED, "reseller", "tags", "agreement",
)  # fmt: skip
# What is stated of any qualification, and the sentence where it is missing.
_OF_QUALIFICATIONS: Final = {name: sentence for names in REQUIRED.values() for name, sentence in names.items()}
# Of a large vocabulary these come first; the others are put on later.
SHOWN_TAGS: Final = 200


class NewCustomerForm(AgreementRules, CompanyForm, QualificationRules):
    """The answers of the account step, for a partner's market and cloud and for what a person may do.

    `initial` are answers as they were kept, or as they were typed for another country. `drawn` is the country for which
    the fields were drawn: whoever sends another one gets the fields of that, with what was typed. `looked` stands for
    the possible duplicates about which the person was asked.
    """

    drawn = forms.CharField(widget=forms.HiddenInput, required=False)
    looked = forms.CharField(widget=forms.HiddenInput, required=False)
    country = forms.ChoiceField(
        label=gettext_lazy("Country/region"),
        error_messages={
            "invalid_choice": gettext_lazy(
                "You can serve customers of your own market only. Choose one of its countries."
            )
        },
    )
    domain_prefix = text_field(
        gettext_lazy("Primary domain"),
        100,
        gettext_lazy("Enter how the domain of the company begins."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
        help_text=gettext_lazy("It is a part of the user names, and can never be changed."),
    )
    reseller = forms.ChoiceField(
        label=gettext_lazy("Indirect reseller"),
        required=False,
        help_text=gettext_lazy("Who sells to this customer and looks after it. It gets an account of its own for it."),
        error_messages={
            "invalid_choice": gettext_lazy(
                "This reseller does not work with you any more. Choose another one, or none."
            )
        },
    )
    tags = forms.MultipleChoiceField(
        label=gettext_lazy("Tags"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": gettext_lazy("A tag that you chose was deleted a moment ago. Choose again.")},
    )

    def __init__(self, data: Any = None, *, staff: Staff, initial: Mapping[str, Any] | None = None) -> None:
        self.partner: Partner = staff.partner
        cloud, market = self.partner.cloud, self.partner.market
        countries = market_countries(cloud, market)
        country = (initial or {} if data is None else data).get("country")
        if country not in countries:
            country = market if market in countries else min(countries)
        super().__init__(
            data, partner=self.partner, country=country, initial=initial, may_attest=staff.may(Action.ATTEST_AGREEMENT)
        )
        self.suffix = CLOUDS[cloud].domain_suffix
        self.resellers = {str(one.pk): one for one in _resellers_of(self.partner)}
        self.may_tag = staff.may(Action.EDIT_TAGS)
        self.vocabulary = {str(tag.guid): tag for tag in self._tags_to_choose()} if self.may_tag else {}
        self.fields["country"].choices = country_choices(countries)  # type: ignore[attr-defined]
        self._choose()
        self.order_fields(ORDER)
        if data is None:
            self.initial = self._as_read(initial or {})

    def _tags_to_choose(self) -> list[Tag]:
        """The vocabulary, of a large one the beginning, and whatever was chosen of the rest."""
        vocabulary, asked = tags_of(self.partner), MultiValueDict(_as_lists(self.data or self.initial))
        chosen = {*asked.getlist("tags")}
        first = list(vocabulary[:SHOWN_TAGS])
        if len(first) < SHOWN_TAGS:
            return first
        return [*first, *(tag for tag in vocabulary[SHOWN_TAGS:] if str(tag.guid) in chosen)]

    def _choose(self) -> None:
        """Give the fields what can be chosen, and take those away that this partner or person does not have."""
        self.fields["reseller"].choices = [  # type: ignore[attr-defined]
            ("", _("None: you sell to it directly")),
            *((key, str(one)) for key, one in self.resellers.items()),
        ]
        self.fields["tags"].choices = [(key, tag.name) for key, tag in self.vocabulary.items()]  # type: ignore[attr-defined]
        without = set() if offers(self.partner.cloud, Feature.QUALIFICATIONS) else {*STATED}
        without |= set() if self.resellers or self._says("reseller") else {"reseller"}
        without |= set() if self.may_tag and (self.vocabulary or self._says("tags")) else {"tags"}
        for name in without & {*self.fields}:
            del self.fields[name]
        for name, sentence in _OF_QUALIFICATIONS.items():
            if name in self.fields:  # shown only where the qualification is chosen
                self.fields[name].required = True
                self.fields[name].error_messages["required"] = str(sentence)

    def _says(self, name: str) -> bool:
        return bool(self.data.get(name) if self.is_bound else self.initial.get(name))

    def _as_read(self, answers: Mapping[str, Any]) -> dict[str, Any]:
        """Answers as the fields show them, with what is usual in the country where nothing is said."""
        usual = {"country": self.rules_of, "culture": default_culture(self.rules_of)}
        read: dict[str, Any] = usual | {name: answer for name, answer in answers.items() if answer}
        if read["culture"] not in dict(culture_choices(self.rules_of)):
            read["culture"] = usual["culture"]
        read |= {name: self.phone_as_read(read[name]) for name in PHONES if name in read}
        return read | {"drawn": self.rules_of, "country": self.rules_of}

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        chosen = REQUIRED.get(said.get("qualification", ""), {})
        self.forget_fields({*_OF_QUALIFICATIONS} - {*chosen}, said)
        return said

    @property
    def is_drawn_anew(self) -> bool:
        """Whether the fields that were sent are those of another country than the one that was chosen."""
        return self.is_bound and self.data.get("drawn", self.rules_of) != self.rules_of

    def clean_domain_prefix(self) -> str:
        prefix = normalize_prefix(self.cleaned_data["domain_prefix"], self.partner.cloud)
        if problem := check_prefix(prefix):
            raise forms.ValidationError(problem.sentence, code=problem.code)
        domain = given_domain(prefix, self.partner.cloud)
        if taken_domains([domain]):
            sentence = _("An organization has the domain %(domain)s already. Choose another prefix.")
            raise forms.ValidationError(sentence % {"domain": domain}, code="taken")
        return prefix

    def clean_tags(self) -> list[str]:
        chosen: list[str] = self.cleaned_data["tags"]
        if len(chosen) > Tag.MOST_ON_A_CUSTOMER:
            sentence = _("A customer has at most %(most)d tags. Choose fewer.")
            raise forms.ValidationError(sentence % {"most": Tag.MOST_ON_A_CUSTOMER})
        return chosen

    def ask(self, looked: str) -> None:
        """Ask about possible duplicates; `looked` stands for them, and comes back when the person goes on."""
        self.data = self.data.copy()  # type: ignore[attr-defined]
        self.data["looked"] = looked  # type: ignore[index]

    @property
    def answers(self) -> dict[str, Any]:
        """The checked values, as a draft keeps them."""
        said = {name: answer for name in self.fields if (answer := self.cleaned_data.get(name))}
        return {name: answer if isinstance(answer, list) else str(answer) for name, answer in said.items()}

    @property
    def company(self) -> Company:
        """The checked values, as the service takes them."""
        said = self.cleaned_data
        qualification = self.qualified if said.get("qualification") else {}
        return Company(
            prefix=said["domain_prefix"],
            bill_to={name: said.get(name, "") for name in BILLED},
            qualification=qualification,
            reseller=self.resellers.get(said.get("reseller", "")),
            tags=[self.vocabulary[key] for key in said.get("tags", ())],
            agreement=self.attested,
        )


def _resellers_of(partner: Partner) -> list[Partner]:
    """The resellers among whom a provider chooses; nobody for other partners, and where there are no resellers."""
    if not (partner.is_provider and offers(partner.cloud, Feature.INDIRECT_MODEL)):
        return []
    return list(active_resellers_of(partner))


def typed_answers(data: QueryDict) -> dict[str, Any]:
    """What was typed into the fields, as a draft keeps it; fields of every country, and nothing else."""
    names = {*NewCustomerForm.base_fields, *ADDRESS} & {*data}
    return {name: data.getlist(name) if name == "tags" else data.get(name, "") for name in names}


def form_of_answers(answers: Mapping[str, Any], *, staff: Staff) -> NewCustomerForm:
    """The form as it was sent with these answers: valid if they are complete, also by now."""
    return NewCustomerForm(MultiValueDict(_as_lists(answers)), staff=staff)


def _as_lists(answers: Mapping[str, Any]) -> dict[str, list[Any]]:
    if isinstance(answers, MultiValueDict):
        return {name: answers.getlist(name) for name in answers}
    return {name: answer if isinstance(answer, list) else [answer] for name, answer in answers.items()}
