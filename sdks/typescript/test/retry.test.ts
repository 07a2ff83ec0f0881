/** When a request is sent again, and as what. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { retrying } from "../src/retry.js";

type Step = Response | Error;

/** A network that does these steps one after the other, and what it was asked. */
function network(...steps: Step[]) {
  const asked: { key: string | null; body: string }[] = [];
  const waits: number[] = [];
  const fetch = retrying(
    3,
    async (request) => {
      asked.push({ key: request.headers.get("Idempotency-Key"), body: await request.text() });
      const step = steps.shift();
      if (step instanceof Response) return step;
      throw step ?? new Error("asked too often");
    },
    async (ms) => {
      waits.push(ms);
    },
  );
  return { asked, waits, fetch };
}

const URL_ = "http://gateway.test/v1/messages";
const post = () => new Request(URL_, { method: "POST", body: "hi" });

function problem(status: number, retryable: boolean, code = "some", headers: Record<string, string> = {}) {
  const body = JSON.stringify({ code, detail: "", retryable });
  return new Response(body, { status, headers: { "content-type": "application/problem+json", ...headers } });
}

test("a POST whose connection broke is sent again under the same key", async () => {
  const { asked, fetch } = network(new TypeError("broken"), problem(503, true), new Response("done"));
  assert.equal(await (await fetch(post())).text(), "done");
  assert.equal(asked.length, 3);
  assert.ok(asked[0]?.key);
  assert.deepEqual(new Set(asked.map(({ key }) => key)).size, 1);
  assert.deepEqual(new Set(asked.map(({ body }) => body)), new Set(["hi"]));
});

test("a key of the caller's own is kept", async () => {
  const { asked, fetch } = network(problem(502, true), new Response("done"));
  await fetch(new Request(URL_, { method: "POST", body: "hi", headers: { "Idempotency-Key": "mine" } }));
  assert.deepEqual(asked.map(({ key }) => key), ["mine", "mine"]);
});

test("what can never succeed is not sent again", async () => {
  const { asked, fetch } = network(problem(422, false));
  const response = await fetch(post());
  assert.deepEqual([response.status, asked.length], [422, 1]);
  assert.equal(((await response.json()) as { code: string }).code, "some"); // the body is still there
});

test("an answer that is under way elsewhere is waited for", async () => {
  const { asked, fetch } = network(problem(409, false, "idempotency_key_in_flight"), new Response("done"));
  assert.equal((await fetch(post())).status, 200);
  assert.equal(asked.length, 2);
});

test("Retry-After is heard, unless it is too long to wait for", async () => {
  const soon = network(problem(429, true, "rate_limited", { "Retry-After": "7" }), new Response("done"));
  assert.equal((await soon.fetch(post())).status, 200);
  assert.deepEqual(soon.waits, [7000]);
  const late = network(problem(429, true, "rate_limited", { "Retry-After": "3600" }));
  assert.equal((await late.fetch(post())).status, 429);
  assert.deepEqual(late.waits, []);
});

test("a DELETE that may have been done is not sent again", async () => {
  const { asked, fetch } = network(new TypeError("broken"));
  await assert.rejects(fetch(new Request(URL_, { method: "DELETE" })), /broken/);
  assert.equal(asked.length, 1);
});

test("it gives up after three more", async () => {
  const { asked, fetch } = network(...[1, 2, 3, 4, 5].map(() => problem(503, true)));
  assert.equal((await fetch(post())).status, 503);
  assert.equal(asked.length, 4);
});

test("whoever aborts is not kept waiting", async () => {
  const abort = new AbortController();
  const fetch = retrying(3, async () => {
    setTimeout(() => abort.abort(), 10);
    return problem(503, true, "some", { "Retry-After": "20" });
  });
  await assert.rejects(fetch(new Request(URL_, { method: "POST", body: "hi", signal: abort.signal })), { name: "AbortError" });
});
