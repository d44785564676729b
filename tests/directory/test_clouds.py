"""Clouds: one table says what each has, and a page that a cloud does not have explains itself."""

import pytest

from partnercenter.directory.clouds import CLOUDS, Cloud, Feature, explain_missing, market_countries, offers

EVERYTHING = set(Feature)


@pytest.mark.parametrize(
    ("cloud", "suffix", "azure_offer"),
    [
        ("global", ".onmicrosoft.com", "MS-AZR-0145P"),
        ("usgov", ".onmicrosoft.us", "MS-AZR-USGOV-0146P"),
        ("germany", ".onmicrosoft.de", "MS-AZR-DE-0146P"),
    ],
)
def test_each_cloud_has_its_own_suffix_and_azure_offer(cloud, suffix, azure_offer):
    facts = CLOUDS[cloud]

    assert (facts.domain_suffix, facts.azure_offer) == (suffix, azure_offer)


@pytest.mark.parametrize(
    ("cloud", "features"),
    [
        (Cloud.GLOBAL, EVERYTHING),
        (Cloud.US_GOVERNMENT, {Feature.TRANSFER}),
        (Cloud.GERMANY, {Feature.TRANSFER}),
    ],
)
def test_a_cloud_offers_exactly_the_features_of_its_column(cloud, features):
    offered = {feature for feature in Feature if offers(cloud, feature)}

    assert offered == features


@pytest.mark.parametrize(
    ("cloud", "name", "address"),
    [
        ("usgov", "US Government", "https://portal.azure.us/"),
        ("germany", "Germany", "https://portal.microsoftazure.de/"),
    ],
)
def test_a_cloud_without_users_says_where_they_are_managed_instead(cloud, name, address):
    explanation = explain_missing(cloud, Feature.USERS_AND_LICENSES)

    assert explanation == (
        f"In the {name} cloud the users and licenses of customers are not managed here. "
        f"Go to the Azure portal of this cloud: {address}"
    )


@pytest.mark.parametrize("feature", Feature)
def test_every_feature_that_a_cloud_lacks_is_explained_with_the_name_of_the_cloud(feature):
    explanation = explain_missing("germany", feature)

    assert explanation.count("Germany cloud") == 1
    assert explanation.count("%") == 0


@pytest.mark.parametrize(
    ("cloud", "country", "served"),
    [
        ("global", "US", {"US"}),
        ("global", "JP", {"JP"}),
        ("usgov", "US", {"US"}),
    ],
)
def test_outside_europe_a_market_is_the_country_itself(cloud, country, served):
    assert market_countries(cloud, country) == served


@pytest.mark.parametrize("country", ["DE", "FR", "CH", "NO", "GB"])
def test_europe_is_one_market_of_the_global_cloud(country):
    market = market_countries("global", country)

    assert len(market) == 32
    assert market == market_countries("global", "IE")


def test_the_germany_cloud_serves_the_european_union_and_efta_but_not_the_united_kingdom():
    market = market_countries("germany", "DE")

    assert market == market_countries("global", "DE") - {"GB"}
