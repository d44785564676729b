"""Names: what a company, a person and a contact's mail address may be called."""

import time

import pytest

from partnercenter.directory.names import (
    check_company_name,
    check_contact_email,
    check_person_name,
    company_name_warning,
    core_words,
)


def code_of(problem):
    return problem and problem.code


@pytest.mark.parametrize(
    "name",
    [
        "Litware",
        "3M",
        "AB",
        "Müller & Söhne GmbH",
        "H & M",
        "微软",
        "株式会社青空",
        "한빛",
        "Ромашка",
        "شركة النور",
        "می\u200cخواهم",
        "شرکت 👩\u200d💻",
        "กิกีกุ",
        "Limited Edition Records Ltd",
        "A" * 254 + "B",
    ],
)
def test_the_name_of_a_company_is_accepted_in_every_script(name):
    assert check_company_name(name) is None


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "blank"),
        (" \t ", "blank"),
        ("\u3000", "blank"),
        ("X", "one_character"),
        ("  X  ", "one_character"),
        ("e\u0301", "one_character"),
        ("微", "one_character"),
        ("A" * 255 + "B", "too_long"),
        ("--", "special_characters"),
        ("!?&%", "special_characters"),
        ("🙂🙂", "special_characters"),
        ("999", "repeated_character"),
        ("９９９", "repeated_character"),
        ("aaA", "repeated_character"),
        ("9-9-9", "repeated_character"),
        ("啊啊啊", "repeated_character"),
        ("1 2 3", "single_characters"),
        ("A B", "single_characters"),
        ("Å Ä Ö", "single_characters"),
        ("Lit\x00ware", "invisible"),
        ("Lit\nware", "invisible"),
        ("Lit\u200bware", "invisible"),
        ("Lit\u202eware", "invisible"),
        ("Lit\u200dware", "invisible"),
        ("Lit\udc80ware", "invisible"),
        ("\u3164\u3164\u3164", "invisible"),
    ],
)
def test_a_name_that_names_nobody_is_refused(name, code):
    assert code_of(check_company_name(name)) == code


LEGAL_FORMS = """
    llc | l.l.c. | inc | incorporated | corp | corporation | ltd | limited | plc | llp | pty | pty ltd
    pte ltd | pvt | pvt ltd | private limited | gmbh | wll | lda | sarl | kft | zrt | ooo | sdn bhd | c.p.a.
    LLC | Ｌｔｄ． | Co., Ltd. | Corp. Inc. | S.à r.l. | GmbH & Co. KG | UG (haftungsbeschränkt)
    e. K. | A.Ş. | 有限公司 | 股份有限公司 | 集团 | 株式会社 | 주식회사 | ООО | ذ.م.م
"""


@pytest.mark.parametrize("name", LEGAL_FORMS.strip().replace("\n", "|").split("|"))
def test_a_legal_form_alone_is_refused_however_it_is_written(name):
    assert code_of(check_company_name(name)) == "legal_form"


def test_an_endless_name_is_refused_in_a_moment():
    begun = time.process_time()

    code = code_of(check_company_name("Litware" + "\u0301\u0316" * 50_000))

    assert time.process_time() - begun < 1
    assert code == "too_long"


def test_a_refused_name_is_answered_with_a_sentence():
    problem = check_company_name("Ltd.")

    assert problem.sentence == "“Ltd.” is only a legal form. Enter the name of the company before it."


@pytest.mark.parametrize(
    ("name", "ending"),
    [
        ("Contoso.com", "com"),
        ("CONTOSO.COM ", "com"),
        ("The Phone Company .net", "net"),
        ("contoso.co.uk", "uk"),
        ("Bäckerei.de", "de"),
        ("Inc.com", "com"),
    ],
)
def test_a_name_that_ends_like_a_web_address_is_worth_a_second_look(name, ending):
    warning = company_name_warning(name)

    assert warning.sentence == (
        f"This name ends in “.{ending}” like a web address. If it is really the name of the company, "
        "save it once more; otherwise enter the name without it."
    )


@pytest.mark.parametrize(
    "name", ["Contoso", "Contoso Inc.", "Müller & Co.KG", "GmbH&Co.KG", "Node.js", "S.A", "com", "", "."]
)
def test_a_name_with_another_ending_is_not_warned_about(name):
    assert company_name_warning(name) is None


@pytest.mark.parametrize("name", ["Ana", "Nguyễn", "李", "O'Neil-Smith", "X" * 50])
def test_a_person_may_have_a_short_name_in_any_script(name):
    assert check_person_name(name) is None


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("X" * 51, "too_long"),
        ("An\x07a", "invisible"),
        ("An\u2066a", "invisible"),
        ("  ", "blank"),
        ("\u0301", "nothing_visible"),
        ("\u0301 \u0308\u20dd", "nothing_visible"),
        ("\ufe0f", "nothing_visible"),
    ],
)
def test_a_person_has_no_long_and_no_invisible_name(name, code):
    assert code_of(check_person_name(name)) == code


@pytest.mark.parametrize(
    "address",
    ["ana@litware.com", "ana@notmicrosoft.com", "ana@microsoft.com.example", "ana+orders@contosocloud.com"],
)
def test_a_contact_has_a_mail_address_of_the_customer(address):
    assert check_contact_email(address, {"contoso.com", "contoso.onmicrosoft.com"}) is None


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("ana", "invalid"),
        ("ana@litware", "invalid"),
        ("ana@litware.com\n", "invalid"),
        ("an a@litware.com", "invalid"),
        ("ana@microsoft.com", "microsoft"),
        ("ana@MAIL.Microsoft.COM", "microsoft"),
        ("ana@ｍicrosoft.com", "microsoft"),
        ("ana@contoso.com", "own_domain"),
        ("ana@Sales.Contoso.com", "own_domain"),
        ("ana@xn--mnchen-3ya.de", "own_domain"),
    ],
)
def test_a_contact_is_neither_at_microsoft_nor_at_the_partner(address, code):
    assert code_of(check_contact_email(address, {"contoso.com", "münchen.de"})) == code


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Adventure-Works GmbH & Co. KG", ["adventure", "works"]),
        ("ADVENTURE WORKS, Inc.", ["adventure", "works"]),
        ("The Company Store Ltd", ["the", "company", "store"]),
        ("Müller & Söhne AG", ["muller", "sohne"]),
        ("株式会社ソニー", ["ソニー"]),
        ("阿里巴巴(中国)有限公司", ["阿里巴巴", "中国"]),
        ("ООО Ромашка", ["ромашка"]),
        ("Какао", ["какао"]),
        ("Ltd", ["ltd"]),
        ("---", []),
    ],
)
def test_a_company_is_compared_by_its_name_without_legal_form(name, words):
    assert core_words(name) == words
