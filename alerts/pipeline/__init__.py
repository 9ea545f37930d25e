"""Use cases: the lanes, the pure deciders they ask, and the ports to the edges.

One module a lane (poll, decide, deliver, sweep); the deciders are schedule, admission,
retry, route and dedupe.

A lane claims what is due, works on it, and records each outcome in one ledger script. It
may be killed at any line: what it had claimed falls due again when its lease runs out.
"""
