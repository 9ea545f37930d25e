"""A mishap: a bug in an edge, told so that it can be found and nothing secret is said.

The error's own text is left out on purpose: it may quote a URL with a token in it. Its kind
and the place in our code where it arose are enough to find the bug.
"""

from __future__ import annotations

import traceback

_PACKAGE = __name__.partition(".")[0]


def tell_mishap(error: Exception) -> str:
    """Name an error's kind and the last of our functions that it went through."""
    kind = type(error).__name__
    frames = list(traceback.walk_tb(error.__traceback__))
    ours = [each for each in frames if str(each[0].f_globals.get("__name__", "")).startswith(f"{_PACKAGE}.")]
    if not frames:
        return kind
    frame, line = (ours or frames)[-1]
    return f"{kind} in {frame.f_globals.get('__name__')}.{frame.f_code.co_name}, line {line}"
