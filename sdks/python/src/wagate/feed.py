"""The live feed: events as they happen, once and in order, also across broken connections."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import httpx

from .rest import AuthenticatedClient
from .rest.models import EventType
from .webhook import WebhookEvent, event_of

#: How long to wait before coming back, in seconds.
COMES_BACK_AFTER = 1.0
#: The gateway says something at least every 20 seconds.
SILENCE = 60.0


@dataclass(frozen=True)
class Reset:
    """What came after the number that was asked for is not known any more: read again what you show."""

    oldest_sequence: int | None
    #: After which the feed goes on.
    sequence: int


def listen(
    client: AuthenticatedClient, *, after: int | None = None, types: Iterable[EventType] = ()
) -> Iterator[WebhookEvent | Reset]:
    """Events as they happen, without end.

    `after` is the `sequence` of the last event that is known; from now on unless told. A connection that ends
    is opened again, and goes on after the last event. Raises `WagateError` once it is refused.
    """
    http = client.get_httpx_client()
    names = ",".join(EventType(name).value for name in types)
    last = None if after is None else str(after)
    while True:
        headers = {"Last-Event-ID": last} if last is not None else {}
        try:
            with http.stream(
                "GET",
                "/v1/events/stream",
                params={"types": names} if names else {},
                headers=headers,
                timeout=httpx.Timeout(10.0, read=SILENCE),
            ) as response:
                for frame in frames(response.iter_lines()):
                    last = frame.get("id", last)
                    if "data" not in frame:
                        continue
                    said = json.loads(frame["data"])
                    if frame.get("event") == "reset":
                        yield Reset(oldest_sequence=said["oldest_sequence"], sequence=said["sequence"])
                    else:
                        yield event_of(said)
        except httpx.TransportError:
            pass
        time.sleep(COMES_BACK_AFTER)


def frames(lines: Iterable[str]) -> Iterator[dict[str, str]]:
    """The frames of a stream of server-sent events: their fields by name."""
    frame: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(":")
        if name:
            frame[name] = value.removeprefix(" ")
        elif not line:
            yield frame
            frame = {}
