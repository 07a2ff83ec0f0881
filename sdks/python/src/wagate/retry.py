"""Asks again where that is safe and may help, and makes failures of refusals."""

from __future__ import annotations

import asyncio
import random
import time
import uuid

import httpx

from .problem import error_of, problem_of

#: Longer than this, in seconds, nobody is kept waiting.
LONGEST_PAUSE = 30.0


class Retrying(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Gives each POST an idempotency key and sends a request up to `retries` times more: after a broken
    connection, and after answers that say that the same request may succeed later.

    An answer of 400 or more that remains is raised as a `WagateError`.
    """

    def __init__(
        self,
        retries: int,
        transport: httpx.BaseTransport | None = None,
        async_transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._retries = retries
        self._transport = transport or httpx.HTTPTransport()
        self._async_transport = async_transport or httpx.AsyncHTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        add_key(request)
        for attempt in range(self._retries + 1):
            left = self._retries - attempt
            try:
                response = self._transport.handle_request(request)
            except httpx.TransportError:
                if not left or not is_repeatable(request):
                    raise
                time.sleep(backoff(attempt))
                continue
            if response.status_code < 400:
                return response
            response.read()
            response.close()
            pause = pause_before_next(request, response, attempt) if left else None
            if pause is None:
                raise error_of(response)
            time.sleep(pause)
        raise AssertionError("the last attempt returns or raises")

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        add_key(request)
        for attempt in range(self._retries + 1):
            left = self._retries - attempt
            try:
                response = await self._async_transport.handle_async_request(request)
            except httpx.TransportError:
                if not left or not is_repeatable(request):
                    raise
                await asyncio.sleep(backoff(attempt))
                continue
            if response.status_code < 400:
                return response
            await response.aread()
            await response.aclose()
            pause = pause_before_next(request, response, attempt) if left else None
            if pause is None:
                raise error_of(response)
            await asyncio.sleep(pause)
        raise AssertionError("the last attempt returns or raises")

    def close(self) -> None:
        self._transport.close()

    async def aclose(self) -> None:
        await self._async_transport.aclose()


def add_key(request: httpx.Request) -> None:
    """The same key with the same body is done once, however often it is sent."""
    takes_keys = request.method == "POST" and "/v1/" in request.url.path
    if takes_keys and "Idempotency-Key" not in request.headers:
        request.headers["Idempotency-Key"] = str(uuid.uuid4())


def is_repeatable(request: httpx.Request) -> bool:
    """Whether doing it twice is as doing it once."""
    return request.method in ("GET", "HEAD") or "Idempotency-Key" in request.headers


def pause_before_next(request: httpx.Request, response: httpx.Response, attempt: int) -> float | None:
    """How many seconds to wait before the request is sent again; None if it is not."""
    if not may_help(request, response):
        return None
    seconds = response.headers.get("Retry-After", "")
    pause = max(backoff(attempt), float(seconds) if seconds.isdigit() else 0.0)
    return pause if pause <= LONGEST_PAUSE else None


def may_help(request: httpx.Request, response: httpx.Response) -> bool:
    if response.status_code == 429:
        return True  # nothing was done
    if not is_repeatable(request):
        return False
    problem = problem_of(response)
    if problem:
        return bool(problem.get("retryable")) or problem["code"] == "idempotency_key_in_flight"
    return response.status_code in (502, 503, 504)


def backoff(attempt: int) -> float:
    return 0.5 * 2**attempt * random.uniform(0.5, 1.5)
