"""Where the broker is, in the spellings of kombu, Celery's transport. Pure.

Certificates are checked unless the URL says otherwise; kombu alone would take any.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from alerts.core.sentinel import SentinelUrl, is_sentinel, read_sentinel_url

_TRANSPORT = {
    "socket_timeout": 10,
    "socket_keepalive": True,
    # For publishing only, where waiting would hold a lane up; consumers go on for ever.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.1,
}


def broker_options(url: str) -> dict[str, Any]:
    """Celery's settings for a broker URL as ours have it: redis, rediss, unix, sentinel or sentinels."""
    if is_sentinel(url):
        return _by_sentinel(read_sentinel_url(url))
    base, _, query = url.partition("?")
    if url.startswith("unix://"):
        url = f"redis+socket://{base.removeprefix('unix://')}?{query.replace('db=', 'virtual_host=')}"
    elif url.startswith("rediss://") and "ssl_cert_reqs=" not in query:
        # kombu would take any certificate.
        url = f"{base}?{query}{'&' if query else ''}ssl_cert_reqs=required"
    return {"broker_url": url, "broker_transport_options": _TRANSPORT}


def _by_sentinel(url: SentinelUrl) -> dict[str, Any]:
    tls = {} if url.tls is None else {"ssl": True, **url.tls}
    user = f"{quote(url.username or '', safe='')}:{quote(url.password or '', safe='')}@"
    # Each in full: kombu goes on with any one of them when it loses the server.
    nodes = [
        f"sentinel://{user if len(user) > 2 else ''}{f'[{host}]' if ':' in host else host}:{port}/{url.database}"
        for host, port in url.nodes
    ]
    return {
        "broker_url": ";".join(nodes),
        "broker_use_ssl": url.tls,
        "broker_transport_options": {
            **_TRANSPORT,
            "master_name": url.master,
            "sentinel_kwargs": {"socket_timeout": 2, "retry": None, **url.own, **tls},
        },
    }
