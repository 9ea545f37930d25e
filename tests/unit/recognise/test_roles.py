"""Who acts and what is news: the constraints that hold whatever the words are."""

import pytest

from alerts.recognise import recognise


def _pairs(title: str, text: str = "") -> list[tuple[str | None, str]]:
    return [(each.issuer, each.kind.value) for each in recognise(title, text).measures]


@pytest.mark.parametrize(
    ("title", "text", "pair"),
    [
        # What a sentence only comes from is not its news.
        (
            "After Chinese export curbs on gallium, Japan starts to stockpile the metal",
            "",
            ("JP", "stockpiling"),
        ),
        ("Following Indonesia's ban, Manila prohibits nickel ore exports", "", ("PH", "export_ban")),
        # Who complains of a measure did not make it.
        (
            "China files WTO complaint over Canada's steel tariffs",
            "Beijing asked for consultations.",
            ("CA", "import_tariff"),
        ),
        # A town where a firm sits is no government.
        (
            "Burundi bans rare earth exports, London miner says",
            "The London firm said it was told on Friday.",
            ("BI", "export_ban"),
        ),
        # Partners of an agreement: the buyer, where both open the sentence.
        (
            "Astana and Washington sign memorandum on tungsten",
            "The governments put pen to paper on Thursday.",
            ("US", "supply_agreement"),
        ),
        # A supply pact put on hold is the end of supplies.
        (
            "India puts rare earth supply agreement with Japan on hold",
            "New Delhi told IREL to suspend exports to Japan.",
            ("IN", "export_ban"),
        ),
        # A mine says whose supply is disrupted, its customers do not.
        (
            "No nickel from Ambatovy for five weeks",
            "The operator declared force majeure to customers in Japan and Korea after a cyclone.",
            ("MG", "supply_disruption"),
        ),
        (
            "Graphite mine at Balama declares force majeure",
            "Protesters block the road and production is suspended.",
            ("MZ", "supply_disruption"),
        ),
        # Whom a listing hits does not make it, though its country opens the text.
        (
            "28 US entities added to export control list",
            "The commerce ministry in Beijing bars exports of dual-use items to the American firms.",
            ("CN", "entity_listing"),
        ),
        # Buying by the state is no foreign investment.
        (
            "Congress bars Pentagon from buying Chinese magnets",
            "The defence bill forbids contractors from buying magnets made in China.",
            ("US", "procurement_restriction"),
        ),
    ],
)
def test_the_one_who_acts(title: str, text: str, pair: tuple[str, str]) -> None:
    assert _pairs(title, text)[:1] == [pair]


@pytest.mark.parametrize(
    ("title", "text", "status"),
    [
        ("China scraps VAT rebate on aluminium exports", "Exporters lose the refund.", "announced"),
        ("Zimbabwe bans lithium ore exports", "The ban applies with immediate effect.", "in_force"),
        ("Congo extends cobalt export suspension by three months", "Stocks are high.", "extended"),
        ("China suspends rare earth export controls for a year", "The ministry said so.", "suspended"),
        ("Manila considers ban on nickel ore exports", "A bill is being drafted.", "proposed"),
        (
            "Beijing denies ban on rare earth exports to Japan",
            "Reports are untrue, a spokesman said.",
            "denied",
        ),
        ("China grants first export licences for rare earth magnets", "Four firms got them.", "eased"),
        ("Washington lifts ban on imports of Russian uranium", "The rule was repealed.", "lifted"),
    ],
)
def test_how_far_it_has_come(title: str, text: str, status: str) -> None:
    assert [each.status.value for each in recognise(title, text).measures][:1] == [status]


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Merz urges China to lift curbs on rare earths", "The chancellor said firms needed supplies."),
        ("Steel union wants Ottawa to copy US tariffs", "Workers called for duties."),
        ("Trump puts tariff on branded drugs", "Makers that build plants are exempt."),
        ("Two charged over illegal export of AI chips", "Prosecutors in Houston say they relabelled boxes."),
        ("Rare earth stocks rally after China's curbs", "Shares of miners gained 9%."),
        ("Explainer: how China's rare earth licences work", "A short guide for buyers."),
        ("SMIC posts record profit despite US blacklist", "Revenue rose by a fifth."),
    ],
)
def test_no_measure(title: str, text: str) -> None:
    assert _pairs(title, text) == []


@pytest.mark.parametrize(
    ("title", "text", "day", "codes"),
    [
        (
            "China to license silver exports",
            "The rule on silver under HS codes 7106.91 and 7106.92 takes effect on January 1, 2026, MOFCOM said.",
            "2026-01-01",
            ("710691", "710692"),
        ),
        (
            "Peking kontrolliert Graphit",
            "China stellt Graphit (Warennummer 2504) ab dem 1. Dezember 2025 unter Exportkontrolle.",
            "2025-12-01",
            ("2504",),
        ),
        (
            "China exigirá licencia para exportar grafito",
            "La medida entra en vigor el 1 de diciembre de 2025 para el código SA 2504.10.",
            "2025-12-01",
            ("250410",),
        ),
        (
            "China bans antimony exports to the US",
            "The ban on antimony of heading 8110 applies from September 15, 2024 and 2025 prices rose.",
            "2024-09-15",
            ("8110",),
        ),
    ],
)
def test_the_day_and_the_codes(title: str, text: str, day: str, codes: tuple[str, ...]) -> None:
    (measure,) = recognise(title, text).measures
    assert str(measure.effective_date) == day
    assert measure.hs == codes
    assert {"date", "hs"} <= {piece.role for piece in measure.evidence}


@pytest.mark.parametrize(
    ("title", "text", "targets"),
    [
        (
            "Washington clears licences for China",
            "The United States approves export licences for AI chips for China.",
            ("CN",),
        ),
        ("Niger nationalises uranium mine of Orano", "Niamey takes over the mine at Arlit.", ("FR",)),
        (
            "Beijing's rare earth export controls are a blow to Germany",
            "China requires licences for exports of rare earths from today.",
            ("*",),
        ),
    ],
)
def test_towards_whom(title: str, text: str, targets: tuple[str, ...]) -> None:
    assert recognise(title, text).measures[0].targets == targets


def test_a_victim_makes_no_measure_of_its_own() -> None:
    found = recognise(
        "EU puts anti-dumping duties on Chinese graphite",
        "Brussels imposed anti-dumping duties on graphite from China. Chinese anti-dumping duties reach 60 percent.",
    )
    assert {measure.issuer for measure in found.measures} == {"EU"}
