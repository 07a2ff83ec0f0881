/** A failure, as the API tells it. */
import type { components } from "./schema.js";

export type Problem = components["schemas"]["Problem"];

/** The API did not do what was asked. */
export class WagateError extends Error {
  override readonly name = "WagateError";

  constructor(
    readonly status: number,
    /** The kind of problem, stable; `unknown` if the answer was no problem document. */
    readonly code: string,
    message: string,
    /** The whole problem, if the answer was one. */
    readonly problem?: Problem,
    /** The request's id, for support. */
    readonly requestId?: string,
  ) {
    super(message);
  }

  /** The failure that an answer and its parsed body tell. */
  static from(response: Response, body: unknown): WagateError {
    const id = response.headers.get("x-request-id") ?? undefined;
    if (!isProblem(body)) return new WagateError(response.status, "unknown", `HTTP ${response.status}`, undefined, id);
    return new WagateError(response.status, body.code, body.detail, body, id);
  }
}

export function isProblem(body: unknown): body is Problem {
  return typeof body === "object" && body !== null && "code" in body && "detail" in body;
}
