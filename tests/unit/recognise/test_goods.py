"""Goods: which commodities a measure is said to touch, from one text each, in own words."""

import pytest

from alerts.recognise import recognise


def _goods(title: str, text: str = "", lang: str | None = None) -> set[str]:
    measures = recognise(title, text, lang=lang).measures
    assert measures, title
    return set(measures[0].commodities)


@pytest.mark.parametrize(
    ("title", "text", "goods"),
    [
        # "Ore" beside its metal says nothing more; "all raw minerals" does.
        ("Indonesia bans nickel ore exports", "", {"nickel"}),
        (
            "Zimbabwe bans exports of all raw minerals and lithium concentrate",
            "",
            {"raw_minerals", "lithium"},
        ),
        # What is kept in as "minerals" is kept in raw.
        ("Malawi bans exports of unprocessed minerals", "", {"raw_minerals"}),
        # A vague title is told by the first sentences.
        (
            "China tightens export controls on strategic minerals",
            "Gallium and germanium need a licence from Friday, the commerce ministry said.",
            {"gallium", "germanium"},
        ),
        # A stockpile of some "and other metals" is of all of them.
        (
            "Japan to stockpile gallium, tungsten and other metals",
            "",
            {"gallium", "tungsten", "critical_minerals"},
        ),
        # An agreement names critical minerals beside a few of them and means both.
        (
            "US and Australia sign agreement on critical minerals and rare earths",
            "",
            {"critical_minerals", "rare_earths"},
        ),
    ],
)
def test_vague_words_stay_where_they_add_something(title: str, text: str, goods: set[str]) -> None:
    assert _goods(title, text) == goods


def test_a_list_names_all_of_its_goods() -> None:
    title = "Ghana bans exports of raw lithium"
    text = "Lithium, graphite, cobalt and manganese must be refined at home, says the new policy."
    assert _goods(title, text) == {"lithium", "graphite", "cobalt", "manganese"}


def test_what_a_metal_is_used_for_is_no_good() -> None:
    title = "China restricts exports of gallium used in chips"
    assert _goods(title, "A licence is required from August for the metal.") == {"gallium"}


def test_a_use_in_japanese_is_no_good() -> None:
    title = "製鋼用の黒鉛電極に反ダンピング関税、政府が決定"
    assert _goods(title, "政府は中国産の黒鉛電極に反ダンピング関税を課す。", "ja") == {"graphite"}


def test_far_words_beside_a_title_that_names_goods_are_none() -> None:
    title = "China requires export licences for antimony"
    text = (
        "The commerce ministry will require export licences for antimony from September, a step that traders "
        "in Rotterdam had long thought likely after the quarrel of last year over shipments of nickel."
    )
    assert _goods(title, text) == {"antimony"}


@pytest.mark.parametrize(
    ("title", "text", "goods"),
    [
        # Know-how is said in place of the lithium that it refines, and of the magnets.
        (
            "China to require export licences for lithium processing technology and battery cathode technology",
            "",
            {"lithium_battery_technology"},
        ),
        ("China bans exports of magnet-making technology", "", {"rare_earth_technology"}),
        # Beside the rare earths themselves it is a second good.
        (
            "China requires export licences for five more rare earths",
            "The commerce ministry also controls technology for mining and smelting them.",
            {"rare_earths", "rare_earth_technology"},
        ),
        # Elsewhere recovery is of the metal.
        ("Japan to subsidise extracting gallium at home", "", {"gallium"}),
    ],
)
def test_technology_is_told_from_goods(title: str, text: str, goods: set[str]) -> None:
    assert _goods(title, text) == goods


def test_technology_behind_a_comma_is_not_of_the_goods_before_it() -> None:
    title = "China bans exports of gallium and germanium to the United States"
    text = "The ban covers gallium, a metal without which modern technologies cannot be made."
    assert _goods(title, text) == {"gallium", "germanium"}


def test_elements_keep_their_names_beside_the_family() -> None:
    title = "China requires export licences for samarium, terbium and dysprosium"
    assert _goods(title) == {"samarium", "terbium", "dysprosium", "rare_earths"}


def test_a_single_element_is_no_family() -> None:
    assert _goods("India bans exports of neodymium") == {"neodymium"}


def test_a_group_is_rare_earths_too() -> None:
    assert _goods("China requires export licences for heavy rare earths") == {"heavy_ree", "rare_earths"}


def test_dual_use_is_a_class_in_licences_and_a_good_in_bans() -> None:
    licence = "China requires export licences for dual-use items related to tungsten"
    assert _goods(licence) == {"tungsten"}
    assert "dual_use_items" in _goods("China bans exports of dual-use items to Japan's military")


@pytest.mark.parametrize(
    ("title", "text", "goods"),
    [
        # A company or a mine says what is touched where the text does not.
        ("Niger nationalises Somair", "The junta seizes the mine by decree.", {"uranium"}),
        ("Pentagon takes equity stake in MP Materials", "", {"rare_earths", "rare_earth_magnets"}),
        # The programme called after chips subsidises no chips here.
        (
            "US government takes stake in USA Rare Earth",
            "The Commerce Department grants $1 billion of CHIPS Act money as a subsidy for a magnet plant.",
            {"rare_earths", "rare_earth_magnets"},
        ),
    ],
)
def test_a_company_says_what_is_touched(title: str, text: str, goods: set[str]) -> None:
    assert _goods(title, text) == goods


@pytest.mark.parametrize(
    ("title", "lang", "goods"),
    [
        ("UK bans imports of Russian copper, lead and tin", "en", {"copper", "lead", "tin"}),
        ("Kazakhstan bans exports of ferrous scrap and iron ore", "en", {"steel", "iron_ore"}),
        ("EU to restrict exports of permanent magnet scrap", "en", {"rare_earth_scrap"}),
        (
            "Guinée : le gouvernement retire des permis d'or, de bauxite et de fer",
            "fr",
            {"gold", "bauxite", "iron_ore"},
        ),
        ("EU beschränkt Ausfuhr von Magnetschrott", "de", {"rare_earth_scrap"}),
        ("中国禁止对日本出口两用物项", "zh", {"dual_use_items"}),
        (
            "Trung Quốc kiểm soát xuất khẩu vonfram, telua và bismuth",
            "vi",
            {"tungsten", "tellurium", "bismuth"},
        ),
        (
            "China perketat izin ekspor bismut, telurium dan molibdenum",
            "id",
            {"bismuth", "tellurium", "molybdenum"},
        ),
    ],
)
def test_words_of_the_trade(title: str, lang: str, goods: set[str]) -> None:
    assert _goods(title, "", lang) == goods


@pytest.mark.parametrize(
    ("title", "stray"),
    [
        ("China bans gallium exports to the United States, no magnet for investors", "rare_earth_magnets"),
        ("India bans nickel exports by the iron fist of a decree", "iron_ore"),
        ("Peru bans zinc concentrate exports, lead times grow", "lead"),
        ("Russia bans exports of non-ferrous metal: copper may not leave", "steel"),
    ],
)
def test_words_that_only_sound_like_goods(title: str, stray: str) -> None:
    assert stray not in _goods(title)


def test_who_makes_chips_is_no_good() -> None:
    title = "Japan to stockpile gallium and tungsten for chip makers"
    assert _goods(title) == {"gallium", "tungsten"}


def test_a_colon_of_a_title_does_not_part_magnets_from_their_technology() -> None:
    title = "Aimants aux terres rares : la Chine interdit l'exportation des technologies de fabrication"
    assert _goods(title, lang="fr") == {"rare_earth_technology"}


def test_a_list_of_everything_is_said_by_its_name() -> None:
    title = "United States updates list of critical minerals"
    text = (
        "The list names gallium, germanium, graphite, lithium, nickel, cobalt, tungsten, antimony, bismuth, indium, "
        "tellurium, tin, titanium, vanadium and zinc."
    )
    assert _goods(title, text) == {"critical_minerals"}
