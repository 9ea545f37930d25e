"""Reading a text: the recogniser itself (see :class:`alerts.pipeline.ports.Recogniser`)."""

from __future__ import annotations

from datetime import date, datetime

from alerts.core.measure import EVERYONE, Evidence, Measure, Recognition
from alerts.recognise.codes import hs_codes
from alerts.recognise.compose import drafts_of
from alerts.recognise.dates import effective_date
from alerts.recognise.draft import Draft
from alerts.recognise.evidence import Piece, from_hits, from_span
from alerts.recognise.gist import gist_of, stems_of
from alerts.recognise.glance import may_hold_cue
from alerts.recognise.goods import commodities_of
from alerts.recognise.keep import measures_of
from alerts.recognise.language import latin_language
from alerts.recognise.page import Page, open_page
from alerts.recognise.relevance import features, score
from alerts.recognise.scan import Finds, find, sift
from alerts.recognise.sentence import Sentence, sentences
from alerts.recognise.status import begins, status_of
from alerts.recognise.verdict import Spoken, spoken_of

RELEVANT_FROM = 0.55
UNSTATED_FROM = 0.8
"""Where no sentence states the likeliest measure, the text as a whole must speak for it more loudly."""
_DATED = 5
"""Sentences of a text with one measure in which its day of effect may stand."""
_NO_GIST = -2.0
"""Log odds of the stems below which a text without any cue is not read on."""
_SAMPLE = 1_500
"""Characters by which the language is told."""
_MAX_TITLE = 2_000
_MAX_TEXT = 60_000
"""A measure that first comes up behind ten pages is not what the text is about."""


def _find(title: str, text: str, lang: str | None) -> tuple[str, list[Finds]]:
    """Find all gazetteer words of title and text; also the language that its Latin words are in."""
    pages = (open_page("title", title[:_MAX_TITLE]), open_page("text", text[:_MAX_TEXT]))
    latin = latin_language(lang, (pages[0].scanned + pages[1].scanned[:_SAMPLE])[:_SAMPLE])
    return latin, [find(page, latin) for page in pages]


def _read(latin: str, found: list[Finds]) -> list[Sentence]:
    return [sentence for finds in found for sentence in sentences(sift(finds, latin))]


def read_sentences(title: str, text: str, lang: str | None = None) -> list[Sentence]:
    """Scan title and text; the sentences that hold any gazetteer word, the title's first."""
    return _read(*_find(title, text, lang))


def day_of_effect(
    draft: Draft, all_sentences: list[Sentence], alone: bool, published: datetime | None
) -> tuple[date | None, list[Evidence]]:
    """Find the day of effect in the draft's sentences; of a text's only measure, in the first ones, too."""
    own = [sentence for sentence, _ in draft.found[:4]]
    beside = [each for each in all_sentences[:_DATED] if each not in own] if alone else []
    for sentence in own + beside:
        dated = effective_date(sentence.page.plain, sentence.start, sentence.end, published)
        if dated:
            return dated[0], [from_span("date", sentence.page, dated[1], dated[2])]
    return None, []


def _hs(pages: list[Page]) -> tuple[tuple[str, ...], list[Evidence]]:
    found = [(page, code) for page in pages for code in hs_codes(page.plain)]
    codes = tuple(dict.fromkeys(code[0] for _, code in found))
    return codes, [from_span("hs", page, code[1], code[2]) for page, code in found]


def _entities(draft: Draft) -> list[Piece]:
    return [("entity", s, hit) for s, _ in draft.found for hit in s.hits if hit.tag == "entity"]


def _measure(
    draft: Draft,
    all_sentences: list[Sentence],
    spoken: Spoken,
    codes_found: tuple[tuple[str, ...], list[Evidence]],
    confidence: float,
    published: datetime | None,
    *,
    alone: bool,
) -> Measure:
    day, day_evidence = day_of_effect(draft, all_sentences, alone, published)
    status, status_hit, status_sentence = status_of(
        draft.found, draft.kind, all_sentences, spoken, begins(day, published)
    )
    goods = commodities_of(draft, all_sentences)
    codes, code_evidence = codes_found
    entities = _entities(draft)
    pieces: list[Piece] = [("kind", s, hit) for s, cue in draft.found[:4] for hit in cue.hits]
    pieces += [("issuer", s, hit) for s, hit in draft.issuer_hits[:3]]
    pieces += [("target", s, hit) for s, hit in draft.targets.values()]
    pieces += [("commodity", s, hit) for s, hit in goods.values()]
    if status_hit is not None and status_sentence is not None:
        pieces.append(("status", status_sentence, status_hit))
    evidence = [*from_hits(pieces + entities), *day_evidence, *code_evidence]
    return Measure(
        issuer=draft.issuer,
        targets=tuple(draft.targets) or (EVERYONE,),
        kind=draft.kind,
        commodities=tuple(goods) or ("unspecified",),
        status=status,
        effective_date=day,
        hs=codes,
        entities=tuple(dict.fromkeys(hit.value for _, _, hit in entities)),
        confidence=confidence,
        evidence=tuple(evidence),
    )


def _confidence(draft: Draft, primary: Draft, probability: float) -> float:
    return round(
        max(0.05, min(1.0, probability * min(1.0, draft.likelihood / max(primary.likelihood, 0.05)))), 3
    )


def recognise(
    title: str, text: str, *, lang: str | None = None, published: datetime | None = None
) -> Recognition:
    """Recognise every measure that a text reports, with evidence for each field.

    Measures are given only where the text is relevant: a text that merely uses the words of a
    measure (statistics, opinion, history) has none.
    """
    latin, found = _find(title, text, lang)
    stems = stems_of([finds.page for finds in found if finds.words])
    if not any(may_hold_cue(finds.words) for finds in found) and gist_of(stems).relevant < _NO_GIST:
        return Recognition(relevant=False)
    all_sentences = _read(latin, found)
    drafts, gist = drafts_of(all_sentences, stems)
    probability = score(features(drafts, all_sentences, gist)) if drafts else 0.0
    if not drafts or probability < (RELEVANT_FROM if drafts[0].stated else UNSTATED_FROM):
        return Recognition(relevant=False, score=round(probability, 4))
    kept = measures_of(drafts)
    codes, spoken = _hs([finds.page for finds in found if finds.cites]), spoken_of(stems)
    measures = tuple(
        _measure(
            draft,
            all_sentences,
            spoken,
            codes,
            _confidence(draft, kept[0], probability),
            published,
            alone=len(kept) == 1,
        )
        for draft in kept
    )
    return Recognition(relevant=True, measures=measures, score=round(probability, 4))
