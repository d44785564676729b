"""The vocabulary of tags, and what is to become of each tag of some customers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.forms.names import NameField
from customers.models import Tag
from customers.selectors.tags import is_called
from partnercenter.folding import fold

# A panel shows so many tags; a search finds the others. A form with a thousand fields would not be read.
SHOWN: Final = 200


class Swatches(forms.RadioSelect):
    """Colors to choose from, each with its name."""

    template_name = "customers/_tag_colors.html"


class TagForm(forms.Form):
    """A word of the vocabulary (the product rules, section 4)."""

    name = NameField(
        label=gettext_lazy("Name"),
        max_length=Tag.LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": gettext_lazy("Enter the name of the tag."),
            "max_length": gettext_lazy(
                "A tag has at most %(limit_value)d characters; this one has %(show_value)d. Shorten it."
            ),
        },
    )
    color = forms.ChoiceField(
        label=gettext_lazy("Color"), choices=Tag.Color.choices, initial=Tag.Color.BLUE, widget=Swatches
    )


class MergeForm(forms.Form):
    """The tag that takes the place of another one."""

    target = forms.ChoiceField(
        label=gettext_lazy("Merge into"),
        error_messages={
            "required": gettext_lazy("Choose the tag that these customers get instead."),
            "invalid_choice": gettext_lazy("This tag does not exist any more. Choose another one."),
        },
    )

    def __init__(self, data: Any = None, *, tag: Tag, tags: Iterable[Tag]) -> None:
        super().__init__(data)
        self.others = {str(other.guid): other for other in tags if other.pk != tag.pk}
        names = [(guid, other.name) for guid, other in self.others.items()]
        self.fields["target"].choices = [("", _("Choose a tag")), *names]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> Tag:
        """The tag that was chosen in a valid form."""
        return self.others[self.cleaned_data["target"]]


class DeleteForm(forms.Form):
    """The name of a tag, typed by somebody who means to delete it."""

    confirmation = NameField(
        error_messages={"required": gettext_lazy("Type the name of the tag to delete it.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, data: Any = None, *, tag: Tag) -> None:
        super().__init__(data)
        self.tag = tag
        self.fields["confirmation"].label = _("Type %(name)s to confirm") % {"name": tag.name}

    def clean_confirmation(self) -> str:
        typed: str = self.cleaned_data["confirmation"]
        if not is_called(self.tag, typed):
            raise forms.ValidationError(_("This is not the name of the tag. Type it as it is written above."))
        return typed


@dataclass(frozen=True)
class Box:
    """A tag and how it stands with some customers: on `all`, on `some` of them or on `none`.

    `on` is the number of customers that have it, None where they are too many to look at. `act` is what is to become
    of it: `add`, `remove`, or nothing.
    """

    tag: Tag
    state: str
    on: int | None
    act: str


class TagChoices:
    """What is to become of the tags of some customers: fields `change` (`add:<guid>`, `remove:<guid>` or empty), or
    `add` and `remove` with the GUIDs of tags.

    `find` narrows down which boxes are shown; those that were touched stay.
    """

    def __init__(self, data: Any, tags: Iterable[Tag]) -> None:
        self.tags = {str(tag.guid): tag for tag in tags}
        self.find = str(data.get("find", ""))[:50]
        self._acts = dict(self._read(data))

    def _read(self, data: Any) -> Iterator[tuple[str, str]]:
        for act in ("add", "remove"):
            yield from ((guid.lower(), act) for guid in data.getlist(act))
        for choice in data.getlist("change"):
            act, _colon, guid = choice.partition(":")
            if act in ("add", "remove"):
                yield guid.lower(), act

    @property
    def are_there(self) -> bool:
        """Whether every tag that was chosen is in the vocabulary."""
        return self._acts.keys() <= self.tags.keys()

    def chosen(self, act: str) -> list[Tag]:
        """The tags to `add` or to `remove`, in the order of their names."""
        return [tag for guid, tag in self.tags.items() if self._acts.get(guid) == act]

    def put_on(self, tag: Tag) -> None:
        """Choose a tag that was just made."""
        self.tags[str(tag.guid)] = tag
        self._acts[str(tag.guid)] = "add"

    def boxes(self, counts: Mapping[int, int] | None, total: int) -> list[Box]:
        """The boxes to show, those on some customer first. `counts` says on how many of `total` customers a tag is."""
        wanted = fold(self.find).split()
        found = [
            self._box(guid, tag, counts, total)
            for guid, tag in self.tags.items()
            if guid in self._acts or all(word in fold(tag.name) for word in wanted)
        ]
        found.sort(key=lambda box: (not box.on, fold(box.tag.name)))
        return found

    def _box(self, guid: str, tag: Tag, counts: Mapping[int, int] | None, total: int) -> Box:
        act = self._acts.get(guid, "")
        if counts is None:
            return Box(tag, "some", None, act)
        on = counts.get(tag.pk, 0)
        return Box(tag, "none" if not on else "all" if on >= total else "some", on, act)
