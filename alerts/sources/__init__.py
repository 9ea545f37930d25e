"""Edge in: the sources that are polled.

``fetch`` is the one socket in; ``feed`` (the only module that imports feedparser),
``federal_register``, ``json_api`` and ``page`` turn what it brings into entries; ``polling``
chooses among them by a source's kind. ``answer``, ``inflate``, ``markup``, ``plain`` and
``identity`` are the pure parts that they share.

Invariant: whatever a server does ends as a ``Fetched`` with a reason, never as an exception,
and no document is inflated, expanded or read past its limits.
"""
