"""The demonstration: a small world on loopback, and the real service polling it.

Nothing here is a fake of the service: :mod:`alerts.demo.child` starts ``up`` as any operator
would. The world around it is an origin that serves bundled news (``news.yaml``), a mail
server and a webhook receiver; each listens on a port of its own choosing and keeps what
came. The tests and the bench use the same servers.
"""
