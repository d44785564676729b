"""Downloads: named, guarded, streamed, kept by no cache."""

import pytest
from django.utils import timezone, translation

from partnercenter.web.exports import export_csv


def text_of(answer):
    return b"".join(answer.streaming_content).decode()


def test_a_download_is_a_guarded_file_that_spreadsheets_know_as_unicode():
    answer = export_csv("users", ["Name", "Note"], iter([("Ana", None), ("=1+1", 7), ("Zoë, 李", "")]))

    assert text_of(answer) == '\ufeffName,Note\r\nAna,\r\n\'=1+1,7\r\n"Zoë, 李",\r\n'


def test_a_download_has_a_name_with_the_day_and_is_kept_by_no_cache():
    answer = export_csv("Tailspin Toys, users", ["Name"], [])

    assert {name: answer[name] for name in ("Content-Type", "Content-Disposition", "Cache-Control")} == {
        "Content-Type": "text/csv; charset=utf-8",
        "Content-Disposition": f'attachment; filename="tailspin-toys-users-{timezone.now():%Y-%m-%d}.csv"',
        "Cache-Control": "no-store",
    }


def test_the_name_of_a_download_may_be_chinese():
    answer = export_csv("用户", ["Name"], [])

    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''%E7%94%A8%E6%88%B7-")


def test_a_download_begins_before_its_rows_are_read():
    def rows():
        raise RuntimeError("read too early")
        yield

    pieces = iter(export_csv("users", ["Name"], rows()).streaming_content)

    assert next(pieces) == b"\xef\xbb\xbfName\r\n"
    with pytest.raises(RuntimeError, match="read too early"):
        list(pieces)


def test_a_download_that_goes_wrong_says_that_it_is_not_complete():
    def rows():
        yield ["Ana"]
        raise RuntimeError("in the middle")

    with translation.override("en"):
        pieces = iter(export_csv("users", ["Name"], rows()).streaming_content)
        assert [next(pieces), next(pieces)] == [
            "\ufeffName\r\n".encode(),
            b"This file is not complete: something went wrong while it was written. Download it again.\r\n",
        ]
        with pytest.raises(RuntimeError, match="in the middle"):
            next(pieces)


def test_a_download_is_written_in_the_language_in_which_it_was_asked_for():
    with translation.override("de"):
        answer = export_csv("users", ["Name"], ((translation.get_language(),) for _ in "x"))

    with translation.override("zh-hans"):
        row = text_of(answer).splitlines()[1]
        after = translation.get_language()

    assert (row, after) == ("de", "zh-hans")
