"""Edge out: the ways a notice takes to people and machines.

``dispatch`` is the one door (:class:`alerts.channels.dispatch.Channels`); behind it stand the
signed ``webhook``, ``mail`` and, for everything else, ``apprise``. All of them read answers by
the one table in ``outcome``, resolve ``secrets`` when they send, and never raise for what a
target can do.
"""
