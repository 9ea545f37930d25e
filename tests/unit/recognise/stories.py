"""Short texts in own words, in every language of the gazetteers, with what they report.

(title, text, issuer, kind, targets, commodities, status); None where a test does not look.
"""

from __future__ import annotations

from typing import NamedTuple


class Story(NamedTuple):
    """One text and its measure."""

    title: str
    text: str
    issuer: str
    kind: str
    targets: tuple[str, ...] | None = None
    commodities: tuple[str, ...] | None = None
    status: str | None = None


MEASURES = (
    Story("Myanmar junta bars tin ore from leaving the country", "", "MM", "export_ban", ("*",), ("tin",)),
    Story("Kinshasa replaces cobalt export ban with quotas", "The DRC will let miners ship under annual export quotas from October 16.", "CD", "export_quota", None, ("cobalt",)),
    Story("Chile's Boric moves to nationalise lithium", "The president wants a state company to take control of lithium projects.", "CL", "resource_nationalisation", None, ("lithium",)),
    Story("Niger's military rulers take over uranium mine from French company", "The government nationalised the mine.", "NE", "resource_nationalisation", None, ("uranium",)),
    Story("EU to slap duties on Chinese graphite electrodes", "The European Commission imposed anti-dumping duties.", "EU", "trade_remedy", ("CN",), ("graphite",)),
    Story("Seoul weighs export controls on chip equipment", "The trade ministry is considering a licence requirement.", "KR", "export_licensing", None, ("semiconductor_equipment",), "proposed"),
    Story("Russia restricts exports of enriched uranium to the United States", "Moscow has temporarily restricted shipments.", "RU", "export_restriction_other", ("US",), ("uranium",)),
    Story("Malaysia lifts moratorium on bauxite exports", "Kuala Lumpur scrapped the ban on exports of bauxite.", "MY", "export_ban", None, ("bauxite",), "lifted"),
    Story("China denies plan to ban rare earth exports", "Beijing denied that it would ban exports of rare earths.", "CN", "export_ban", None, ("rare_earths",), "denied"),
    Story("Washington blacklists Chinese magnet maker", "The Bureau of Industry and Security added the firm to its Entity List.", "US", "entity_listing", ("CN",)),
    Story("Canada slaps 100% tariff on Chinese aluminium", "Ottawa announced the surtax on imports from China.", "CA", "import_tariff", ("CN",), ("aluminium",)),
    Story("Australia to build a A$1.2 billion critical minerals reserve", "The government will stockpile antimony, gallium and rare earths.", "AU", "stockpiling"),
    Story("Ghana bans export of raw bauxite", "", "GH", "export_ban", ("*",), ("bauxite",)),
    Story("Nigeria halts raw lithium exports", "Abuja says miners must process lithium locally.", "NG", "export_ban", None, ("lithium",)),
    Story("Japan tightens export rules for gallium technology", "METI will require approval for shipments to all destinations.", "JP", "export_licensing"),
    Story("The Hague brings chip tools under national export licence rules", "The Dutch government said ASML needs a licence.", "NL", "export_licensing", None, ("semiconductor_equipment",)),
    Story("Trump doubles steel and aluminium tariffs to 50%", "", "US", "import_tariff", ("*",), ("steel", "aluminium")),
    Story("UK sanctions Russian nickel and copper", "London banned imports of the metals from Russia.", "GB", "import_ban", ("RU",)),
    Story("Kazakhstan suspends exports of scrap copper for six months", "", "KZ", "export_ban", None, ("copper",)),
    Story("South Africa considers tax on chrome ore exports", "The cabinet is considering an export duty.", "ZA", "export_tax", None, ("chromium",), "proposed"),
    Story("Beijing pauses ban on gallium, germanium and antimony exports to US", "The commerce ministry said the ban is suspended until November 2026.", "CN", "export_ban", ("US",), ("gallium", "germanium", "antimony"), "suspended"),
    Story("Pentagon takes equity stake in rare earths refiner", "The Department of Defense will invest $400 million.", "US", "subsidy", None, ("rare_earths",)),
    Story("India and Argentina sign lithium pact", "The two governments signed a memorandum of understanding.", "IN", "supply_agreement", ("AR",), ("lithium",)),
    Story("商务部公告：对钐、钆、铽等7类中重稀土相关物项实施出口管制", "自发布之日起正式实施。", "CN", "export_licensing", None, None, "in_force"),
    Story("中国禁止对美国出口镓、锗、锑", "商务部公告，原则上不予许可。", "CN", "export_ban", ("US",), ("gallium", "germanium", "antimony")),
    Story("印尼将禁止铝土矿出口", "印度尼西亚总统宣布禁令。", "ID", "export_ban", None, ("bauxite",)),
    Story("美國將中國稀土企業列入實體清單", "美國商務部公布。", "US", "entity_listing", ("CN",)),
    Story("工信部下达2024年稀土开采总量控制指标", "", "CN", "production_quota", None, ("rare_earths",)),
    Story("中国、レアアース磁石の輸出を許可制に", "中国商務省が発表した。", "CN", "export_licensing", None, ("rare_earth_magnets",)),
    Story("インド、日本へのレアアース輸出を停止", "インド政府が国営企業に指示した。", "IN", "export_ban", ("JP",), ("rare_earths",)),
    Story("経産省、半導体製造装置の輸出規制を強化", "7月23日に施行する。", "JP", "export_licensing", None, ("semiconductor_equipment",)),
    Story("インドネシア、ニッケル鉱石を禁輸", "", "ID", "export_ban", None, ("nickel",)),
    Story("중국, 희토류 자석 수출 통제 강화", "중국 상무부는 수출 허가를 의무화한다고 발표했다.", "CN", "export_licensing", None, ("rare_earth_magnets",), "announced"),
    Story("중국, 일본에 대한 이중용도 품목 수출 금지", "", "CN", "export_ban", ("JP",)),
    Story("인도네시아 보크사이트 수출 금지", "인도네시아 정부가 발표했다.", "ID", "export_ban", None, ("bauxite",)),
    Story("정부, 핵심광물 비축 확대", "산업통상자원부는 리튬 비축을 늘린다.", "KR", "stockpiling"),
    Story("China verlangt Exportlizenzen für Seltene Erden", "Das Handelsministerium in Peking kündigte Ausfuhrkontrollen an.", "CN", "export_licensing", None, ("rare_earths",)),
    Story("Indonesien verbietet Ausfuhr von Nickelerz", "", "ID", "export_ban", None, ("nickel",)),
    Story("EU verhängt Antidumpingzölle auf Graphit aus China", "", "EU", "trade_remedy", ("CN",), ("graphite",)),
    Story("Bundesregierung fördert Lithium-Projekt mit Millionen aus dem Rohstofffonds", "", "DE", "subsidy", None, ("lithium",)),
    Story("La Chine interdit l'exportation de gallium vers les États-Unis", "Pékin a annoncé la mesure.", "CN", "export_ban", ("US",), ("gallium",)),
    Story("La RDC suspend les exportations de cobalt pour quatre mois", "", "CD", "export_ban", None, ("cobalt",)),
    Story("Le Gabon interdira l'exportation de manganèse brut", "Le gouvernement gabonais l'a annoncé.", "GA", "export_ban", None, ("manganese",)),
    Story("Mali : le gouvernement retire le permis minier d'une société australienne de lithium", "", "ML", "resource_nationalisation"),
    Story("China restringe las exportaciones de grafito", "Pekín exige licencias de exportación.", "CN", "export_licensing", None, ("graphite",)),
    Story("Chile anuncia la nacionalización del litio", "El gobierno chileno presentó el plan.", "CL", "resource_nationalisation", None, ("lithium",)),
    Story("Bolivia prohíbe la exportación de litio en bruto", "", "BO", "export_ban", None, ("lithium",)),
    Story("भारत ने जापान को रेयर अर्थ निर्यात पर रोक लगाई", "सरकार ने आईआरईएल को आदेश दिया।", "IN", "export_ban", ("JP",), ("rare_earths",)),
    Story("चीन ने रेयर अर्थ मैग्नेट के निर्यात के लिए लाइसेंस अनिवार्य किया", "", "CN", "export_licensing", None, ("rare_earth_magnets",)),
    Story("सरकार ने तांबा पर आयात शुल्क हटाया", "भारत के वित्त मंत्री ने बजट में घोषणा की।", "IN", "import_tariff", None, ("copper",), "lifted"),
    Story("Pemerintah larang ekspor bijih nikel mulai 2020", "Kementerian ESDM Indonesia mengumumkan larangan itu.", "ID", "export_ban", None, ("nickel",)),
    Story("China perketat izin ekspor logam tanah jarang", "Kementerian Perdagangan China mengumumkan aturan baru.", "CN", "export_licensing", None, ("rare_earths",)),
    Story("Bea keluar konsentrat tembaga naik", "Pemerintah Indonesia menetapkan bea keluar baru.", "ID", "export_tax", None, ("copper",)),
    Story("Китай ввёл экспортный контроль на редкоземельные металлы", "", "CN", "export_licensing", None, ("rare_earths",)),
    Story("Россия запретила экспорт обогащённого урана в США", "", "RU", "export_ban", ("US",), ("uranium",)),
    Story("Trung Quốc hạn chế xuất khẩu đất hiếm", "", "CN", "export_licensing", None, ("rare_earths",)),
    Story("الصين تفرض قيودا على تصدير المعادن النادرة", "", "CN", "export_licensing", None, ("rare_earths",)),
    Story("China proíbe a exportação de antimônio para os EUA", "", "CN", "export_ban", ("US",), ("antimony",)),
    Story("La Cina limita l'export di terre rare", "Il ministero ha annunciato nuove licenze.", "CN", "export_licensing", None, ("rare_earths",)),
    Story("Vietnam forbids shipping raw rare earths abroad", "The National Assembly of Vietnam passed the law.", "VN", "export_ban", None, ("rare_earths",)),
    Story("Zimbabwe to outlaw lithium concentrate shipments from 2027", "", "ZW", "export_ban", None, ("lithium",)),
    Story("Beijing grants first rare earth licences to European carmakers", "The commerce ministry approved export applications.", "CN", "export_licensing", None, ("rare_earths",), "eased"),
    Story("Philippines drops plan for nickel ore export ban", "Senators removed the ban from the bill.", "PH", "export_ban", None, ("nickel",), "lifted"),
    Story("US opens Section 232 investigation into polysilicon imports", "", "US", "import_tariff", None, ("polysilicon",), "investigation"),
    Story("Guinea revokes bauxite licences of 51 miners", "Conakry withdrew the mining permits.", "GN", "resource_nationalisation", None, ("bauxite",)),
    Story("Ottawa orders Chinese investor to divest stake in lithium explorer", "", "CA", "fdi_restriction", ("CN",), ("lithium",)),
    Story("Tanzania requires miners to refine nickel locally", "The government made local processing mandatory.", "TZ", "domestic_processing", None, ("nickel",)),
    Story("China scraps export tax rebate for aluminium and copper products", "The finance ministry said the VAT rebate ends on December 1.", "CN", "export_tax", None, ("aluminium", "copper")),
    Story("Peru port strike: copper miner declares force majeure", "", "PE", "supply_disruption", None, ("copper",)),
)

SILENT = (
    ("China's lithium imports rose 12% in May", "Customs data showed the volume was higher than a year earlier."),
    ("Why rare earths matter: a guide", "What are rare earths and what makes them so important? We explain."),
    ("Lithium miner's shares jump after drilling results", "The company reported assays from its project."),
    ("India extends ban on rice exports", "New Delhi kept the ban on shipments of non-basmati rice."),
    ("Band Rare Earth tours Japan", "The rock group from Detroit plays its old songs."),
    ("Opinion: the West slept while China cornered rare earths", "Our columnist argues that dependence was a choice."),
    ("Driver loses licence after gold theft", "A court banned the man from driving for a year."),
    ("Copper price hits record", "Prices climbed as investors bought."),
    ("日本のレアアース輸入量、前年同月比で増加", "財務省の統計による。"),
    ("什么是稀土？一文读懂", "科普文章。"),
    ("Was sind Seltene Erden?", "Ein Überblick über die Metalle."),
    ("5 lithium stocks to buy now", "Analysts like these miners."),
    ("FIFA lifts transfer ban on club", "The club may sign players again."),
    ("Apache project updates its software licence and export control notice", "The mailing list discussed encryption."),
)
