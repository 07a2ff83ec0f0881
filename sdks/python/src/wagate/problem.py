"""A failure, as the API tells it."""

from __future__ import annotations

from typing import Any

import httpx


class WagateError(Exception):
    """The API did not do what was asked."""

    def __init__(self, status: int, code: str, detail: str, problem: dict[str, Any], request_id: str | None) -> None:
        super().__init__(detail)
        self.status = status
        #: The kind of problem, stable; `unknown` if the answer was no problem document.
        self.code = code
        #: The whole problem, empty if the answer was none.
        self.problem = problem
        #: The request's id, for support.
        self.request_id = request_id

    @property
    def errors(self) -> list[dict[str, str]]:
        """The fields that are not valid: `field`, `code` and `detail` of each."""
        return self.problem.get("errors", [])


def problem_of(response: httpx.Response) -> dict[str, Any]:
    """The problem document that an answer is; empty if it is none. Its body must have been read."""
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) and "code" in body else {}


def error_of(response: httpx.Response) -> WagateError:
    """The failure that an answer tells. Its body must have been read."""
    problem = problem_of(response)
    code = problem.get("code", "unknown")
    detail = problem.get("detail", f"HTTP {response.status_code}")
    return WagateError(response.status_code, code, detail, problem, response.headers.get("x-request-id"))
