import re

import pytest
from babel.messages import Catalog
from django.conf import settings
from django.utils.translation import to_locale

from partnercenter.web.management.commands import messages

LANGUAGES = sorted(messages.files())
SLOT = re.compile(r"%(?:\(\w+\)[sd]|[sd%])?|\{\w*\}|<[^>]+>")


@pytest.fixture(scope="module")
def found():
    return messages.collect()


@pytest.fixture(scope="module", params=LANGUAGES)
def language(request):
    return messages.read(messages.files()[request.param], request.param)


def keys(catalog):
    return {(message.context, message.id) for message in messages.strings(catalog)}


def forms(texts):
    return list(texts) if isinstance(texts, (list, tuple)) else [texts]


def originals(message):
    """The English form that each translated form stands for; the last one stands for all that have none."""
    english, translated = forms(message.id), forms(message.string)
    return [(english[0 if len(translated) > 1 and not index else -1], text) for index, text in enumerate(translated)]


def slots(text):
    return set(SLOT.findall(text))


def project_with(settings, tmp_path, *, module="", template=""):
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop/__init__.py").write_text(module)
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages/page.html").write_text(template)
    settings.BASE_DIR = tmp_path
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path / "pages"]}]
    return keys(messages.collect())


def test_every_language_but_english_has_its_file():
    assert [to_locale(code) for code, _ in sorted(settings.LANGUAGES) if code != "en"] == LANGUAGES


def test_every_string_is_in_the_file_of_the_language_and_no_other_one(found, language):
    assert keys(language) == keys(found)
    assert dict(language.obsolete) == {}


def test_every_string_is_translated_in_all_its_plural_forms(language):
    waiting = [
        message.id
        for message in messages.strings(language)
        if not messages.is_translated(message, language.num_plurals)
    ]

    assert waiting == []


def test_no_translation_is_a_guess(language):
    assert [message.id for message in language if message.fuzzy] == []


def test_a_language_counts_as_its_grammar_does(language):
    assert language.plural_forms == Catalog(locale=language.locale).plural_forms


def test_a_translation_has_the_placeholders_and_tags_of_its_string(language):
    wrong = [
        (original, text)
        for message in messages.strings(language)
        for original, text in originals(message)
        if slots(original) != slots(text)
    ]

    assert wrong == []


def test_a_file_of_a_language_is_as_the_command_writes_it(language, found, tmp_path):
    name = str(language.locale)
    written = tmp_path / name / "LC_MESSAGES" / "django.po"
    written.parent.mkdir(parents=True)

    messages.write(messages.merge(found, language, name), written)

    assert written.read_text() == messages.files()[name].read_text()


def test_strings_of_modules_are_found_by_any_name_of_the_functions_that_mark_them(settings, tmp_path):
    module = """
from django.utils.translation import gettext as _, gettext_lazy as lazy, ngettext
from django.utils.translation import gettext_noop, npgettext_lazy, pgettext

A = _("Long " "string"), lazy("Late"), gettext_noop("Stored"), pgettext("a month", "May")
B = ngettext("%(n)d row", "%(n)d rows", 2), npgettext_lazy("of a file", "line", "lines", "n")
C = unmarked("Not this one"), gettext("Nor this one")
"""

    strings = project_with(settings, tmp_path, module=module)

    assert strings == {
        (None, "Long string"),
        (None, "Late"),
        (None, "Stored"),
        ("a month", "May"),
        (None, ("%(n)d row", "%(n)d rows")),
        ("of a file", ("line", "lines")),
    }


def test_strings_of_templates_are_found_in_tags_blocks_and_arguments(settings, tmp_path):
    template = """{# Not this one #}
      {% translate "Save" %} {% translate "May" context "a month" as month %}
  {% blocktranslate count n=n %}{{ n }} row{% plural %}{{ n }} rows{% endblocktranslate %}
    {% blocktranslate trimmed context "a greeting" %}
      Hello
      {{ name }}, it's 5%
    {% endblocktranslate %}
{% include "x.html" with text=_("Given on") %}{{ value|default:_("Instead") }}"""

    strings = project_with(settings, tmp_path, template=template)

    assert strings == {
        (None, "Save"),
        ("a month", "May"),
        (None, ("%(n)s row", "%(n)s rows")),
        ("a greeting", "Hello %(name)s, it's 5%%"),
        (None, "Given on"),
        (None, "Instead"),
    }


def test_translations_stay_with_exactly_their_strings():
    old, new = Catalog(locale="de"), Catalog()
    old.add("Kept", "Behalten")
    old.add("Gone", "Weg")
    old.add("row", "Zeile")
    new.add("Kept")
    new.add("Kept too")
    new.add(("row", "rows"))

    merged = messages.merge(new, old, "de")

    assert {message.id: message.string for message in messages.strings(merged)} == {
        "Kept": "Behalten",
        "Kept too": "",
        ("row", "rows"): ("", ""),
    }
