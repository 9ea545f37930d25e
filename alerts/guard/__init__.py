"""The address guard: no fetch and no webhook reaches what is not the public internet.

``addresses`` is the pure list and its question; ``connector`` asks it where a socket
connects. Both adapters that open sockets to addresses other people choose (sources in,
channels out) stand above this room.
"""
