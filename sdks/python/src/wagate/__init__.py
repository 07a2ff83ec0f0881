"""Client of the Wagate API: typed calls, safe retries, verified webhooks.

The calls are in `wagate.rest.api`, one module each, with `sync`, `asyncio` and variants
that give the whole answer; what they take and answer is in `wagate.rest.models`. Both are
generated from the API's document.
"""

from .client import connect
from .feed import Reset, listen
from .problem import WagateError
from .webhook import WebhookError, unwrap_webhook

__all__ = ["Reset", "WagateError", "WebhookError", "connect", "listen", "unwrap_webhook"]
