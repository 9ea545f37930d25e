"""Recognition: text to trade measures, each field standing on words of the text.

Pure: no clock, socket, environment or randomness; the gazetteers in ``data/`` ship with the
package and are read once. The way of a text: :mod:`page` (folded, markup blanked) ->
:mod:`scan` (one pass over all gazetteers) -> :mod:`glance` (most texts end here) ->
:mod:`sentence` -> :mod:`cues` (what kind of measure a sentence speaks of) -> :mod:`parties`
(who acts, towards whom) -> :mod:`status` -> :mod:`compose` (drafts of the text) ->
:mod:`keep` (those that are measures) -> :mod:`relevance` (is it news of a measure at all).
"""

from alerts.recognise.reading import recognise

__all__ = ["recognise"]
