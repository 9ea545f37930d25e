"""Who acts and towards whom: one document in own words for each class of wording."""

import pytest

from alerts.core.measure import EVERYONE, Measure
from alerts.core.taxonomy import MeasureKind
from alerts.recognise import recognise

ALL = (EVERYONE,)


def _measures(title: str, text: str, lang: str = "en") -> dict[str, Measure]:
    return {each.kind.value: each for each in recognise(title, text, lang=lang).measures}


CASES = [
    # Who buys a good that is held back or let go is aimed at, wherever the words stand.
    pytest.param(
        "en",
        "Beijing clears antimony licences for Korean buyers",
        "The Chinese commerce ministry has approved export licence applications for Korean buyers of antimony.",
        ("CN", "export_licensing", {"KR"}),
        id="buyers by adjective",
    ),
    pytest.param(
        "en",
        "Washington asks for licences for etchers used at fabs in China",
        "The US Commerce Department will require export licences for chip tools for customers in China.",
        ("US", "export_licensing", {"CN"}),
        id="customers in a country",
    ),
    pytest.param(
        "zh",
        "商务部：禁止稀土向日本军事用户出口",
        "中国商务部公告，即日起禁止两用物项稀土向日本军事用户出口。",
        ("CN", "export_ban", {"JP"}),
        id="military users, Chinese",
    ),
    pytest.param(
        "id",
        "China larang ekspor galium ke militer Jepang",
        "Kementerian Perdagangan China melarang ekspor galium kepada militer Jepang mulai hari ini.",
        ("CN", "export_ban", {"JP"}),
        id="military users, Indonesian",
    ),
    # Whose list it is.
    pytest.param(
        "en",
        "Two American drone makers land on China's unreliable entity list",
        "The companies may no longer trade with or invest in China, the commerce ministry in Beijing said.",
        ("CN", "entity_listing", {"US"}),
        id="on another's list",
    ),
    pytest.param(
        "en",
        "China adds ten US companies to export control list",
        "The commerce ministry put the US companies on its export control list for selling arms to Taiwan.",
        ("CN", "entity_listing", {"US"}),
        id="for whose sake",
    ),
    # The origin of goods under a duty, and of several.
    pytest.param(
        "en",
        "Anti-dumping duty on ferrosilicon from Brazil, Kazakhstan and Malaysia",
        "The US International Trade Commission voted for anti-dumping orders on the metal.",
        ("US", "trade_remedy", {"BR", "KZ", "MY"}),
        id="several origins",
    ),
    pytest.param(
        "zh",
        "公布对原产于美国的进口多晶硅征收反倾销税",
        "商务部裁定存在倾销，自明日起征收反倾销税。",
        ("CN", "trade_remedy", {"US"}),
        id="origin, Chinese",
    ),
    pytest.param(
        "ja",
        "米、中国製黒鉛に反ダンピング関税",
        "米商務省は中国製黒鉛に反ダンピング関税を課すと決めた。",
        ("US", "trade_remedy", {"CN"}),
        id="made in, Japanese",
    ),
    # Who owns what is taken.
    pytest.param(
        "en",
        "Sahel junta seizes gold pit from Canadian owner",
        "Mali revoked the mining licence of the Canadian miner and put the mine under state control.",
        ("ML", "resource_nationalisation", {"CA"}),
        id="foreign owner",
    ),
    pytest.param(
        "en",
        "Niger nationalises France's Orano uranium mine",
        "The government in Niamey will nationalise the uranium mine by decree.",
        ("NE", "resource_nationalisation", {"FR"}),
        id="company behind its country",
    ),
    pytest.param(
        "en",
        "Chile puts lithium under state control",
        "The president said SQM and Albemarle keep their contracts; the state will control all new lithium projects.",
        ("CL", "resource_nationalisation", {"*"}),
        id="own and foreign firms alike",
    ),
    # A link in a chain of owners is no target.
    pytest.param(
        "de",
        "Berlin untersagt Verkauf eines Chipwerks",
        "Das Bundeskabinett hat der schwedischen Tochter der chinesischen Muttergesellschaft die Übernahme des "
        "Chipwerks untersagt.",
        ("DE", "fdi_restriction", {"CN"}),
        id="chain of owners",
    ),
    # Laws that are called by what they fight.
    pytest.param(
        "en",
        "Magnesium becomes a priority under UFLPA",
        "The Homeland Security department will bar imports of magnesium under the forced labor import ban.",
        ("US", "import_ban", {"CN"}),
        id="forced labour",
    ),
    # Where a firm that is hit has its seat; a mine under sanctions.
    pytest.param(
        "en",
        "EU puts Kigali refinery on sanctions list",
        "The European Union imposed sanctions on the gold refinery on Monday.",
        ("EU", "sanctions", {"RW"}),
        id="seat of a firm",
    ),
    pytest.param(
        "en",
        "Washington sanctions Rubaya traders and two Hong Kong buyers of coltan",
        "The US Treasury imposed sanctions on them on Tuesday.",
        ("US", "sanctions", {"CD", "HK"}),
        id="a mine under sanctions",
    ),
    # A country's name beside another that acts.
    pytest.param(
        "en",
        "White House puts up China duties on tungsten",
        "The Biden administration will raise import tariffs on tungsten.",
        ("US", "import_tariff", {"CN"}),
        id="duties on a country",
    ),
    pytest.param(
        "en",
        "Taiwan lifts Kenya chip export curbs",
        "Taipei has dropped the export licence duty for chips.",
        ("TW", "export_licensing", {"KE"}),
        id="curbs on a country",
    ),
    # What a state pays for abroad.
    pytest.param(
        "en",
        "Japan to lend $200m to Lynas for heavy rare earths",
        "The state agency JOGMEC will provide the loan and take equity.",
        ("JP", "subsidy", {"AU"}),
        id="subsidy abroad",
    ),
    # A deal called after the buyer is the buyer's.
    pytest.param(
        "en",
        "Rada ratifies US minerals pact",
        "The agreement on critical minerals was signed in April.",
        ("US", "supply_agreement", {"UA"}),
        id="deal called after the buyer",
    ),
    pytest.param(
        "en",
        "Vietnam faces Turkish dumping duty on magnesium",
        "Turkey imposed an anti-dumping duty of 20% on magnesium; exporters near Hanoi are worried.",
        ("TR", "trade_remedy", {"VN"}),
        id="who faces a duty",
    ),
    pytest.param(
        "en",
        "Swedish unit of Chinese battery group barred from buying Finnish refinery",
        "Helsinki's economy ministry blocked the takeover on security grounds.",
        ("FI", "fdi_restriction", {"CN"}),
        id="a link of owners does not act",
    ),
    # Kinds at home aim at nobody.
    pytest.param(
        "en",
        "Jakarta cuts nickel ore production quota",
        "Indonesia lowered the nickel mining quota for the year; smelters turn to the Philippines for ore.",
        ("ID", "production_quota", {"*"}),
        id="quota at home",
    ),
]


@pytest.mark.parametrize(("lang", "title", "text", "wanted"), CASES)
def test_issuer_and_targets(lang: str, title: str, text: str, wanted: tuple[str, str, set[str]]) -> None:
    issuer, kind, targets = wanted
    found = _measures(title, text, lang)
    assert kind in found
    assert (found[kind].issuer, set(found[kind].targets)) == (issuer, targets)


@pytest.mark.parametrize(
    ("lang", "title", "text", "issuer"),
    [
        # A tribunal and those who sue make no measure.
        (
            "en",
            "Tokyo, Brussels and Washington take China to the WTO over tungsten export quotas",
            "The three asked for consultations on Chinese export quotas on tungsten.",
            "CN",
        ),
        (
            "en",
            "Appellate Body upholds ruling on China's tungsten export quotas",
            "The judges in Geneva rejected China's appeal over its export quotas.",
            "CN",
        ),
        (
            "en",
            "Brussels sues Jakarta at WTO over bauxite export ban",
            "The EU asked for consultations with Indonesia over its ban on bauxite exports.",
            "ID",
        ),
        # A body is its country's that stands before it, whoever else has one of that name.
        (
            "en",
            "Gold licence gone",
            "Colombia's National Mining Agency revoked the mining licence of a gold miner.",
            "CO",
        ),
        # What nobody claims is not made by whom it is aimed at.
        ("en", "Licence now needed to sell chip tools to China, Synopsys says", "", "US"),
        # A site says whose mine stands still.
        (
            "en",
            "Force majeure at Kasempa, lenders in America worry",
            "The operator declared force majeure on copper deliveries from Kasempa after a flood.",
            "ZM",
        ),
        # A law that one state alone has speaks for it.
        (
            "en",
            "Buyer told to sell chip works under Goods Availability Act",
            "Ministers blocked the acquisition of the chip maker by a foreign buyer under the act.",
            "NL",
        ),
    ],
)
def test_issuer(lang: str, title: str, text: str, issuer: str) -> None:
    measures = recognise(title, text, lang=lang).measures
    assert [each.issuer for each in measures][:1] == [issuer]


def test_measures_of_the_union_aim_at_no_member() -> None:
    found = recognise(
        "Brussels limits exports of aluminium scrap",
        "The European Commission will restrict exports of aluminium scrap; smelters in Germany welcomed it, "
        "traders that ship to Germany did not.",
    ).measures
    assert [
        (each.issuer, each.targets) for each in found if each.kind is MeasureKind.EXPORT_RESTRICTION_OTHER
    ] == [("EU", ALL)]


def test_a_title_about_another_s_measure_names_no_target() -> None:
    found = _measures(
        "India halts rare earth exports to Japan",
        "New Delhi told its miner to stop exports of rare earths to Japan. "
        "China requires export licences for rare earth magnets since April.",
    )
    assert set(found["export_ban"].targets) == {"JP"}
    assert set(found["export_licensing"].targets) == {EVERYONE}


def test_two_governments_may_act_together() -> None:
    found = recognise(
        "US, UK ban imports of Russian copper", "The bans on Russian copper took effect on Friday."
    ).measures
    bans = {(each.issuer, each.targets) for each in found if each.kind is MeasureKind.IMPORT_BAN}
    assert bans == {("US", ("RU",)), ("GB", ("RU",))}
