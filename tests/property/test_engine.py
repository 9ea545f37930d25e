"""The engine against the reference matcher, explain against match, and noise against all."""

from __future__ import annotations

WORDS = ["china", "india", "rare", "earth", "earths", "export", "licence", "licences", "ban", "稀土", "出口",
         "निर्यात", "수출을", "редкие", "quota", "quotas", "tin", "REE", "Décret", "agreement"]  # fmt: skip
LISTED = {
    "earths": ["rare earth", "REE", "稀土", "quota"],
    "acts": ["licence", "licen*", "ban", "export ban", "수출*"],
}
