"""What a browser loads beside the page: complete, in order, and within its budget."""

import gzip
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.template import Context, Template

from partnercenter.web.assets import (
    SCRIPT_BUNDLE,
    SCRIPTS,
    SCRIPTS_OF_PAGES,
    STYLE_BUNDLE,
    STYLES,
    bundled_script,
    bundled_style,
)

SOURCES = Path(settings.BASE_DIR, "static")


def read(names):
    return [(SOURCES / name).read_text() for name in names]


def compressed(text):
    return len(gzip.compress(text.encode(), 9))


def sources(kind):
    return sorted(str(path.relative_to(SOURCES)) for path in SOURCES.rglob(f"*.{kind}"))


def test_every_style_sheet_is_part_of_the_page():
    assert sorted(STYLES) == sources("css")


def test_every_module_is_part_of_the_page():
    assert sorted((*SCRIPTS, *SCRIPTS_OF_PAGES)) == sources("js")


def test_a_module_that_only_some_pages_need_is_linked_by_some():
    pages = " ".join(path.read_text() for path in Path(settings.BASE_DIR, "templates").rglob("*.html"))

    for name in SCRIPTS_OF_PAGES:
        assert f'<script type="module" src="{{% static "{name}" %}}"></script>' in pages.replace("'", '"')


def test_the_style_sheet_weighs_less_than_12_kb():
    assert compressed(bundled_style(read(STYLES))) < 12_000


def test_all_script_weighs_less_than_25_kb():
    htmx = Path(finders.find("django_htmx/htmx-2.min.js")).read_text()

    assert compressed(htmx) + compressed(bundled_script(read(SCRIPTS))) < 25_000


def test_no_rule_gets_lost_between_the_style_sheets():
    bundle = bundled_style(read(STYLES))

    assert (bundle.count("{"), bundle.count("/*")) == (bundle.count("}"), 0)


def test_pages_link_each_file_where_nothing_is_bundled():
    html = Template("{% styles %}{% scripts %}").render(Context())

    assert (html.count("<link"), html.count("<script")) == (len(STYLES), len(SCRIPTS))


def test_collected_files_are_bundled_and_linked_by_their_hash(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {"staticfiles": {"BACKEND": "partnercenter.web.assets.BundlingStorage"}}

    call_command("collectstatic", interactive=False, verbosity=0)
    html = Template("{% styles %} {% scripts %}").render(Context())

    style, script = (next(tmp_path.glob(name.replace(".", ".????????????."))) for name in (STYLE_BUNDLE, SCRIPT_BUNDLE))
    assert html == (
        f'<link rel="stylesheet" href="/static/css/{style.name}"> '
        f'<script type="module" src="/static/js/{script.name}"></script>'
    )
