"""`manage.py messages`: the strings that people see, collected into `locale/`, with Babel alone.

GNU gettext is not needed. What is marked is found in the Python modules of the project (Babel reads them) and in
its templates (Django turns their tags into Python, and Babel reads that). The files in `locale/` are written in
one order and without places or dates, so that a change of one string is a change of one entry.
"""

from __future__ import annotations

import argparse
import ast
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from babel import Locale
from babel.messages import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.core.management.base import BaseCommand
from django.template import Engine
from django.utils.translation.template import templatize

# The functions that mark a string, and which of their arguments are its context, the string and its plural.
_SHAPES: Final[Mapping[str, Any]] = {
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
KEYWORDS: Final[Mapping[str, Any]] = {
    **_SHAPES,
    **{f"{name}_lazy": shape for name, shape in _SHAPES.items()},
    "gettext_noop": None,
}
HEADER: Final = """\
# The portal in this language: `make messages` brings the strings up to date, people translate them.
msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plural_forms}\\n"

"""


class Command(BaseCommand):
    """Translations that are there stay; a string nobody uses any more is dropped; nothing is guessed."""

    help = "Collects the strings to translate into locale/, and says how many wait for a translation."
    requires_system_checks = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--language", choices=sorted(files()), help="only this one, as its folder is named")

    def handle(self, *args: Any, **options: Any) -> None:
        found = collect()
        for language, path in sorted(files().items()):
            if options["language"] in {None, language}:
                catalog = merge(found, read(path, language), language)
                write(catalog, path)
                waiting = sum(not is_translated(message, catalog.num_plurals) for message in strings(catalog))
                self.stdout.write(f"{language}: {len(catalog)} strings, {waiting} to translate")


def files() -> dict[str, Path]:
    """The file of each language, by the name of its folder (`de`, `zh_Hans`)."""
    found = (path for root in settings.LOCALE_PATHS for path in Path(root).glob("*/LC_MESSAGES/django.po"))
    return {path.parent.parent.name: path for path in found}


def collect() -> Catalog:
    """Every string of the project that is marked for translation, once each, without translations."""
    catalog = Catalog()
    for code, keywords in (*_modules(), *_templates()):
        for _, string, _, context in extract("python", BytesIO(code.encode()), keywords):
            catalog.add(string, context=context)
    return catalog


def _modules() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The Python modules of the project, and the names that mark strings in each of them."""
    packages = sorted(init.parent for init in settings.BASE_DIR.glob("*/__init__.py"))
    for module in (path for package in packages for path in sorted(package.rglob("*.py"))):
        code = module.read_text()
        yield code, _imported(code)


def _imported(code: str) -> dict[str, Any]:
    """The functions that a module imports to mark strings, by the names it gives them."""
    return {
        imported.asname or imported.name: KEYWORDS[imported.name]
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for imported in node.names
        if imported.name in KEYWORDS
    }


def _templates() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The templates as Python that calls gettext where they mark a string."""
    folders = [Path(folder) for folder in Engine.get_default().dirs]
    for template in (path for folder in folders for path in sorted(folder.rglob("*.*"))):
        code = templatize(template.read_text(), origin=str(template))
        # A template's indentation means nothing, and Python's tokenizer would stumble over it.
        yield "\n".join(line.strip() for line in code.splitlines()), {**KEYWORDS, "_": None}


def read(path: Path, language: str) -> Catalog:
    """The file of a language as it is, including what is no longer used."""
    with path.open("rb") as file:
        return read_po(file, locale=language)


def merge(found: Catalog, old: Catalog, language: str) -> Catalog:
    """The strings that were found, with the old translations of exactly these strings."""
    catalog = Catalog(locale=Locale.parse(language))
    for message in strings(found):
        known = old.get(message.id, message.context)
        if known and known.pluralizable == message.pluralizable:
            translation, flags = known.string, known.flags
        else:
            translation, flags = "", set()
        catalog.add(message.id, translation, flags=flags, context=message.context)
    return catalog


def strings(catalog: Catalog) -> list[Message]:
    """The entries of a catalog without its header."""
    return [message for message in catalog if message.id]


def is_translated(message: Message, plural_forms: int) -> bool:
    """Whether a string has its translation, in as many plural forms as the language has."""
    forms = message.string if isinstance(message.string, (list, tuple)) else (message.string,)
    return all(forms) and len(forms) == (plural_forms if message.pluralizable else 1) and not message.fuzzy


def write(catalog: Catalog, path: Path) -> None:
    """Write the file of a language in one piece; a header without names and dates, the strings in their order."""
    body = BytesIO()
    write_po(body, catalog, width=0, no_location=True, omit_header=True, ignore_obsolete=True, sort_output=True)
    header = HEADER.format(language=path.parent.parent.name, plural_forms=catalog.plural_forms)
    draft = path.with_suffix(".draft")
    draft.write_text(header + body.getvalue().decode().strip("\n") + "\n")
    draft.replace(path)
