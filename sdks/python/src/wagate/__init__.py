"""Client of the Wagate API: typed calls, safe retries, verified webhooks.

The calls are in `wagate.rest.api`, one module each, with `sync`, `asyncio` and variants
that give the whole answer; what they take and answer is in `wagate.rest.models`. Both are
generated from the API's document.
"""

from .client import connect
from .problem import WagateError
from .webhook import WebhookError, unwrap_webhook

__all__ = ["WagateError", "WebhookError", "connect", "unwrap_webhook"]
