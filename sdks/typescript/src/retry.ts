/** Asks again where that is safe and may help. */
import { randomUUID } from "node:crypto";
import { isProblem } from "./problem.js";

type Fetch = (request: Request) => Promise<Response>;

/** Longer than this nobody is kept waiting; the answer is handed on. */
const LONGEST_PAUSE_MS = 30_000;

/**
 * A `fetch` that gives each POST an idempotency key and asks up to `retries` times more: after a
 * broken connection, and after answers that say that the same request may succeed later.
 */
export function retrying(retries: number, fetch: Fetch, sleep = pause): Fetch {
  return async (given) => {
    const request = keyed(given);
    for (let attempt = 0; ; attempt++) {
      const isLast = attempt >= retries;
      try {
        const response = await fetch(isLast ? request : request.clone());
        if (isLast || !(await mayHelp(request, response))) return response;
        const wait = Math.max(backoff(attempt), retryAfter(response));
        if (wait > LONGEST_PAUSE_MS) return response;
        await response.body?.cancel();
        await sleep(wait, request.signal);
      } catch (error) {
        if (isLast || request.signal.aborted || !isRepeatable(request)) throw error;
        await sleep(backoff(attempt), request.signal);
      }
    }
  };
}

/** The same key with the same body is done once, however often it is sent. */
function keyed(request: Request): Request {
  if (takesKeys(request) && !request.headers.has("Idempotency-Key")) {
    request.headers.set("Idempotency-Key", randomUUID());
  }
  return request;
}

function takesKeys(request: Request): boolean {
  return request.method === "POST" && new URL(request.url).pathname.includes("/v1/");
}

/** Whether doing it twice is as doing it once. */
function isRepeatable(request: Request): boolean {
  return ["GET", "HEAD"].includes(request.method) || request.headers.has("Idempotency-Key");
}

async function mayHelp(request: Request, response: Response): Promise<boolean> {
  if (response.status < 400) return false;
  if (response.status === 429) return true; // nothing was done
  if (!isRepeatable(request)) return false;
  const body: unknown = await response.clone().json().catch(() => undefined);
  if (isProblem(body)) return body.retryable || body.code === "idempotency_key_in_flight";
  return [502, 503, 504].includes(response.status);
}

function backoff(attempt: number): number {
  return 500 * 2 ** attempt * (0.5 + Math.random());
}

function retryAfter(response: Response): number {
  const seconds = Number(response.headers.get("Retry-After"));
  return Number.isFinite(seconds) ? seconds * 1000 : 0;
}

/** Waits, unless the signal ends it. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
    function done() {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      if (signal.aborted) reject(signal.reason);
      else resolve();
    }
  });
}
