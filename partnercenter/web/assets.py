"""Style sheets and modules: one file for each piece in the sources, one file of each kind on the wire."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage  # type: ignore[import-untyped]

# The first one names the layers; inside a layer, later ones win.
STYLES: Final = (
    "css/reset.css",
    "css/tokens.css",
    "css/base.css",
    "css/layout/frame.css",
    "css/layout/entrance.css",
    "css/components/button.css",
    "css/components/command-bar.css",
    "css/components/table.css",
    "css/components/badge.css",
    "css/components/field.css",
    "css/components/banner.css",
    "css/components/menu.css",
    "css/components/dialog.css",
    "css/components/card.css",
    "css/components/steps.css",
    "css/pages/customers.css",
    "css/pages/licenses.css",
    "css/pages/slips.css",
    "css/pages/tags.css",
    "css/pages/views.css",
    "css/pages/domains.css",
    "css/pages/subscriptions.css",
    "css/pages/new-customer.css",
    "css/pages/transfers.css",
    "css/pages/print.css",
)
# Modules that import nothing and export nothing: each finds its own elements on the page.
SCRIPTS: Final = (
    "js/announce.js",
    "js/copy.js",
    "js/dialog.js",
    "js/drop.js",
    "js/forms.js",
    "js/keys.js",
    "js/rows.js",
    "js/search.js",
    "js/select.js",
    "js/table.js",
    "js/three-state.js",
    "js/timezone.js",
)
# Modules that only some pages link, each in its block `scripts`.
SCRIPTS_OF_PAGES: Final = ("js/tree.js",)
STYLE_BUNDLE: Final = "css/portal.css"
SCRIPT_BUNDLE: Final = "js/portal.js"

SPACE: Final = re.compile(r"\s+")
NEEDLESS_SPACE: Final = re.compile(r" ?([{};,]) ?|(?<=:) ")
STYLE_COMMENT: Final = re.compile(r"/\*.*?\*/", re.DOTALL)
LINE_COMMENT: Final = re.compile(r"(?:^|(?<=\s))//.*$", re.MULTILINE)
INDENTATION: Final = re.compile(r"^\s+", re.MULTILINE)
NEEDLESS_BREAK: Final = re.compile(r"(?<=[;{,(]) *\n")


def bundled_style(sources: list[str]) -> str:
    """The style sheets as one, without comments and the space that only people need."""
    bare = (SPACE.sub(" ", STYLE_COMMENT.sub("", source)).strip() for source in sources)
    return "\n".join(NEEDLESS_SPACE.sub(r"\1", source).replace(";}", "}") for source in bare)


def bundled_script(sources: list[str]) -> str:
    """The modules as one, each in a block of its own, so that names stay apart; without comments and indentation."""
    bare = (INDENTATION.sub("", LINE_COMMENT.sub("", source)) for source in sources)
    return "\n".join(f"{{\n{NEEDLESS_BREAK.sub('', source)}}}" for source in bare)


class BundlingStorage(CompressedManifestStaticFilesStorage):
    """Static files with their hash in the name, compressed; `collectstatic` also puts the bundles together.

    A page then needs two files instead of more than twenty, and a third fewer bytes (the quality goals, section 1).
    """

    bundles = True

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        if not dry_run:
            self._bundle(paths, STYLE_BUNDLE, bundled_style([self._read(name) for name in STYLES]))
            self._bundle(paths, SCRIPT_BUNDLE, bundled_script([self._read(name) for name in SCRIPTS]))
        yield from super().post_process(paths, dry_run=dry_run, **options)

    def _read(self, name: str) -> str:
        with self.open(name) as file:
            return str(file.read().decode())

    def _bundle(self, paths: dict[str, Any], name: str, text: str) -> None:
        self.delete(name)
        self._save(name, ContentFile(text.encode()))
        paths[name] = (self, name)
