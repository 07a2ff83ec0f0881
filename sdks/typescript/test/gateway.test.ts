/** Against a running gateway, whose address and key are in WAGATE_TEST_URL and WAGATE_TEST_KEY. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { connect, listen, ok, unwrapWebhook, WagateError, WebhookError } from "../src/index.js";

const { WAGATE_TEST_URL: url = "", WAGATE_TEST_KEY: key = "" } = process.env;
const wagate = connect({ url, key });

/** A receiver of webhooks, and what arrives at it. */
async function receiver() {
  const arrived: { headers: IncomingHttpHeaders; body: Buffer }[] = [];
  const waiting: (() => void)[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    arrived.push({ headers: request.headers, body: Buffer.concat(chunks) });
    response.writeHead(204).end();
    waiting.shift()?.();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  async function next() {
    if (arrived.length === 0) await new Promise<void>((resolve) => waiting.push(resolve));
    return arrived.shift()!;
  }
  return { url: `http://127.0.0.1:${port}/hook`, next, close: () => server.close() };
}

test("a message is sent, and its webhook is verified", { timeout: 30_000 }, async () => {
  const hook = await receiver();
  const { secret, id } = await ok(
    wagate.POST("/v1/webhooks", { body: { url: hook.url, events: ["message.status"] } }),
  );
  const message = await ok(
    wagate.POST("/v1/messages", {
      params: { header: { Prefer: "wait=10" } },
      body: { to: "+15550100001", type: "text", text: { body: "Hello from TypeScript" } },
    }),
  );
  assert.ok(["sent", "delivered", "read"].includes(message.status), message.status);
  assert.equal(message.text?.body, "Hello from TypeScript");

  const { headers, body } = await hook.next();
  const event = unwrapWebhook(secret, headers, body);
  assert.ok(event.type === "message.status");
  assert.equal(event.data.id, message.id);
  const forged = Buffer.from(body.toString().replace("TypeScript", "somebody"));
  assert.throws(() => unwrapWebhook(secret, headers, forged), WebhookError);

  await ok(wagate.DELETE("/v1/webhooks/{id}", { params: { path: { id } } }));
  hook.close();
});

test("the same key is the same message", async () => {
  const send = () =>
    ok(
      wagate.POST("/v1/messages", {
        params: { header: { "Idempotency-Key": "typescript-1" } },
        body: { to: "+15550100001", type: "text", text: { body: "Once" } },
      }),
    );
  assert.equal((await send()).id, (await send()).id);
});

test("a request whose answer is lost is sent again, and the message is one", async () => {
  let calls = 0;
  const shaky = connect({
    url,
    key,
    fetch: async (request) => {
      const response = await fetch(request);
      if (++calls === 1) throw new TypeError("the connection broke");
      return response;
    },
  });
  const sent = await ok(
    shaky.POST("/v1/messages", { body: { to: "+15550100001", type: "text", text: { body: "Once" }, client_ref: "shaky" } }),
  );
  const { data } = await ok(wagate.GET("/v1/messages", { params: { query: { client_ref: "shaky" } } }));
  assert.deepEqual([calls, data.map(({ id }) => id)], [2, [sent.id]]);
});

test("a refusal is an error that names the field", async () => {
  const call = ok(wagate.POST("/v1/messages", { body: { to: "nobody", type: "text", text: { body: "Hi" } } }));
  await assert.rejects(call, (error: unknown) => {
    assert.ok(error instanceof WagateError);
    assert.deepEqual([error.status, error.code], [422, "validation_failed"]);
    assert.equal(error.problem?.errors?.[0]?.field, "to");
    assert.ok(error.requestId?.startsWith("req_"));
    return true;
  });
});

test("the live feed goes on after a connection that ends", { timeout: 30_000 }, async () => {
  const abort = new AbortController();
  let streams = 0;
  const dropping = connect({
    url,
    key,
    fetch: async (request) => {
      const response = await fetch(request);
      // The first stream ends with its first event, at its line's end or in the middle of it.
      return streams++ === 0 ? new Response(response.body!.pipeThrough(endingWith("message.status")), response) : response;
    },
  });
  const message = await ok(
    wagate.POST("/v1/messages", {
      params: { header: { Prefer: "wait=10" } },
      body: { to: "+15550100001", type: "text", text: { body: "Hello, listener" } },
    }),
  );
  const { data: known } = await ok(wagate.GET("/v1/events", { params: { query: { limit: 100 } } }));
  const first = Math.min(...known.map(({ sequence }) => sequence));
  const heard: number[] = [];
  for await (const event of listen(dropping, { after: first - 1, signal: abort.signal })) {
    assert.notEqual(event.type, "reset");
    heard.push(event.sequence);
    if (event.type === "message.status" && event.data.id === message.id && event.data.status === "read") break;
  }
  abort.abort();
  assert.ok(streams >= 2);
  assert.deepEqual(heard, heard.map((_, index) => first + index));
});

/** Ends a stream after the chunk in which the text stands. */
function endingWith(text: string): TransformStream<Uint8Array, Uint8Array> {
  return new TransformStream({
    transform(chunk, controller) {
      controller.enqueue(chunk);
      if (new TextDecoder().decode(chunk).includes(text)) controller.terminate();
    },
  });
}
