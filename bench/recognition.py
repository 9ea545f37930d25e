"""Texts a second through the recogniser, on a text of five kilobytes."""

from __future__ import annotations

import time

from alerts.demo.news import read_news
from alerts.recognise import recognise
from bench.table import Row, per_second

SIZE = 5000


def measure(*, quick: bool) -> list[Row]:
    """Measure one process on the bundled news, each text repeated up to five kilobytes."""
    items = [release.item for release in read_news().releases]
    texts = [(item.title, (item.text + " ") * (SIZE // len(item.text) + 1)) for item in items]
    texts = [(title, text[:SIZE]) for title, text in texts]
    recognise(*texts[0])
    rounds = 5 if quick else 40
    begin = time.perf_counter()
    for _ in range(rounds):
        for title, text in texts:
            recognise(title, text)
    rate = rounds * len(texts) / (time.perf_counter() - begin)
    return [Row("recogniser on 5 kB texts", per_second(rate, "texts"), note="one process, one core")]
