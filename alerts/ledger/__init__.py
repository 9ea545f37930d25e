"""The ledger: all state, in Redis/Valkey, changed by one Lua script a step.

Every script checks the fencing token of the lease under which the work was done and is
idempotent, so that a lost reply, a doubled task or a worker that comes back from the dead
changes nothing. :mod:`alerts.ledger.keys` lists the keys.
"""
