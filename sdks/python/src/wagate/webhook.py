"""Verifies webhooks: Standard Webhooks, HMAC-SHA256 over id, time and the exact bytes of the body."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .rest.models import Account, EventType, Message


class WebhookError(Exception):
    """The request is not from the gateway, or not of now."""


@dataclass(frozen=True)
class WebhookEvent:
    """What a webhook says."""

    id: str
    type: EventType
    timestamp: datetime
    #: Its number in the workspace and mode, without gaps.
    sequence: int
    workspace_id: str
    #: The message or the account concerned; with other types, what the body says.
    data: Message | Account | dict[str, Any]


def unwrap_webhook(secret: str, headers: Mapping[str, str], body: bytes, tolerance: float = 300) -> WebhookEvent:
    """The event in a webhook's request, once its signature and time are found to be right.

    `secret` is the webhook's, `whsec_...`; `headers` may be any mapping with names in lower case or one that
    ignores case; `body` are the exact bytes that arrived, not what a parser made of them; `tolerance` says how
    many seconds the request's time may be from now. Raises `WebhookError`.
    """
    sent_at = headers.get("webhook-timestamp", "")
    if not (sent_at.isascii() and sent_at.isdigit()) or abs(time.time() - int(sent_at)) > tolerance:
        raise WebhookError("the time is missing or too far away")
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers.get('webhook-id', '')}.{sent_at}.".encode() + body
    expected = b"v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest())
    entries = headers.get("webhook-signature", "").encode().split()
    if not any(hmac.compare_digest(expected, entry) for entry in entries):
        raise WebhookError("no signature is valid")
    return event_of(json.loads(body))


def event_of(said: dict[str, Any]) -> WebhookEvent:
    type_ = EventType(said["type"])
    data = said["data"]
    if type_ in (EventType.MESSAGE_RECEIVED, EventType.MESSAGE_STATUS):
        data = Message.from_dict(data)
    elif type_ is EventType.CONNECTION_UPDATE:
        data = Account.from_dict(data)
    return WebhookEvent(
        id=said["id"],
        type=type_,
        timestamp=datetime.fromisoformat(said["timestamp"].replace("Z", "+00:00")),
        sequence=said["sequence"],
        workspace_id=said["workspace_id"],
        data=data,
    )
