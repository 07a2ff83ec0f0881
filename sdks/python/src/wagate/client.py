"""The client: the generated one with a key, retries, and failures that are raised."""

from __future__ import annotations

import httpx

from .rest import AuthenticatedClient
from .retry import Retrying

#: Seconds; the longest answer is that of `Prefer: wait=30`.
TIMEOUT = 40.0


def connect(url: str, key: str, *, retries: int = 3, timeout: float = TIMEOUT) -> AuthenticatedClient:
    """A client for one workspace.

    `url` is where the gateway is, such as `https://wagate.example.com`; `key` is an API key; a request is
    sent again up to `retries` times. Hand it to the functions in `wagate.rest.api`; as a context manager it
    closes its connections.
    """
    return AuthenticatedClient(
        base_url=url.rstrip("/"),
        token=key,
        timeout=httpx.Timeout(timeout),
        raise_on_unexpected_status=True,
        httpx_args={"transport": Retrying(retries)},
    )
