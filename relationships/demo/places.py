"""Where demo companies are: real cities, their postal codes, and phone numbers kept free for fiction."""

from __future__ import annotations

from typing import NamedTuple


class Place(NamedTuple):
    """A city; postal codes and phone numbers there are the prefix and random digits behind it."""

    country: str
    city: str
    state: str
    postal_prefix: str
    postal_digits: int
    phone_prefix: str
    phone_digits: int
    streets: tuple[str, ...]
    second_line: str


_AMERICAN_STREETS = tuple(
    f"{{number}} {name} {kind}"
    for name in ("Main", "Oak", "Maple", "Lake", "Hill", "River", "Park", "Market", "Second", "Harbor", "Mill")
    for kind in ("Street", "Avenue", "Road", "Boulevard")
)
_GERMAN_STREETS = tuple(
    f"{name} {{number}}"
    for name in ("Hauptstraße", "Gartenweg", "Lindenallee", "Mühlgasse", "Bahnhofstraße", "Am Grünen Hügel")
)
_FRENCH_STREETS = tuple(
    f"{{number}} {name}"
    for name in ("rue de l’Église", "avenue des Érables", "place du Marché", "quai de la Rivière", "rue Haute")
)

# City, state, first three digits of its ZIP codes, area code. Numbers 555-0100 to 555-0199 belong to nobody.
_AMERICAN_CITIES = """
    Anchorage AK 995 907; Birmingham AL 352 205; Little Rock AR 722 501; Phoenix AZ 850 602; Tucson AZ 857 520
    Los Angeles CA 900 213; San Diego CA 921 619; San Francisco CA 941 415; Sacramento CA 958 916
    San Jose CA 951 408; Fresno CA 937 559; Oakland CA 946 510; Denver CO 802 303; Boulder CO 803 303
    Hartford CT 061 860; Washington DC 200 202; Wilmington DE 198 302; Miami FL 331 305; Orlando FL 328 407
    Tampa FL 336 813; Jacksonville FL 322 904; Atlanta GA 303 404; Savannah GA 314 912; Honolulu HI 968 808
    Des Moines IA 503 515; Boise ID 837 208; Chicago IL 606 312; Springfield IL 627 217
    Indianapolis IN 462 317; Wichita KS 672 316; Louisville KY 402 502; New Orleans LA 701 504
    Boston MA 021 617; Worcester MA 016 508; Baltimore MD 212 410; Portland ME 041 207; Detroit MI 482 313
    Grand Rapids MI 495 616; Minneapolis MN 554 612; Saint Paul MN 551 651; Kansas City MO 641 816
    Saint Louis MO 631 314; Jackson MS 392 601; Billings MT 591 406; Charlotte NC 282 704; Raleigh NC 276 919
    Fargo ND 581 701; Omaha NE 681 402; Manchester NH 031 603; Newark NJ 071 973; Albuquerque NM 871 505
    Las Vegas NV 891 702; Reno NV 895 775; New York NY 100 212; Buffalo NY 142 716; Rochester NY 146 585
    Albany NY 122 518; Cleveland OH 441 216; Columbus OH 432 614; Cincinnati OH 452 513
    Oklahoma City OK 731 405; Tulsa OK 741 918; Portland OR 972 503; Eugene OR 974 541
    Philadelphia PA 191 215; Pittsburgh PA 152 412; Providence RI 029 401; Charleston SC 294 843
    Sioux Falls SD 571 605; Nashville TN 372 615; Memphis TN 381 901; Houston TX 770 713; Dallas TX 752 214
    Austin TX 787 512; San Antonio TX 782 210; El Paso TX 799 915; Salt Lake City UT 841 801
    Richmond VA 232 804; Norfolk VA 235 757; Burlington VT 054 802; Seattle WA 981 206; Spokane WA 992 509
    Tacoma WA 984 253; Milwaukee WI 532 414; Madison WI 537 608; Charleston WV 253 304; Cheyenne WY 820 307
"""

# City, first digits of its postal codes, and the numbers that Germany and France keep for films.
_GERMAN_CITIES = (
    ("Berlin", "10", "+493023125"),
    ("Hamburg", "20", "+494066969"),
    ("München", "80", "+498999998"),
    ("Köln", "50", "+492214710"),
    ("Frankfurt am Main", "60", "+496990009"),
)
_FRENCH_CITIES = (
    ("Paris", "750", "+3319900"),
    ("Rennes", "350", "+3326191"),
    ("Strasbourg", "670", "+3335301"),
    ("Marseille", "130", "+3346571"),
    ("Bordeaux", "330", "+3353649"),
)


def _american_places() -> tuple[Place, ...]:
    rows = (row.rsplit(maxsplit=3) for line in _AMERICAN_CITIES.strip().split("\n") for row in line.split(";"))
    return tuple(
        Place("US", city.strip(), state, zip3, 2, f"+1{area}55501", 2, _AMERICAN_STREETS, "Suite {number}")
        for city, state, zip3, area in rows
    )


AMERICA = _american_places()
GERMANY = tuple(
    Place("DE", city, "", code, 3, phone, 3, _GERMAN_STREETS, "Haus {number}") for city, code, phone in _GERMAN_CITIES
)
FRANCE = tuple(
    Place("FR", city, "", code, 2, phone, 4, _FRENCH_STREETS, "Bâtiment {number}")
    for city, code, phone in _FRENCH_CITIES
)
