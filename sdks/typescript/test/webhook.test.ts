/** What is taken for a webhook of the gateway. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createHmac } from "node:crypto";
import { unwrapWebhook, WebhookError } from "../src/index.js";

const SECRET = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX";
const BODY = '{"type":"webhook.test","data":{}}';

function headers(sentAt = Math.floor(Date.now() / 1000), secret = SECRET): Record<string, string> {
  const key = Buffer.from(secret.slice("whsec_".length), "base64");
  const signature = createHmac("sha256", key).update(`evt_1.${sentAt}.${BODY}`).digest("base64");
  return { "webhook-id": "evt_1", "webhook-timestamp": String(sentAt), "webhook-signature": `v1,${signature}` };
}

test("a signed body is an event", () => {
  assert.equal(unwrapWebhook(SECRET, headers(), BODY).type, "webhook.test");
  assert.equal(unwrapWebhook(SECRET, new Headers(headers()), new TextEncoder().encode(BODY)).type, "webhook.test");
});

test("one of two signatures suffices while a secret is rotated", () => {
  const other = headers(undefined, "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
  const both = { ...headers(), "webhook-signature": `${other["webhook-signature"]} ${headers()["webhook-signature"]}` };
  assert.equal(unwrapWebhook(SECRET, both, BODY).type, "webhook.test");
  assert.throws(() => unwrapWebhook(SECRET, other, BODY), WebhookError);
});

test("what was changed, is old, or has no signature is refused", () => {
  const now = Math.floor(Date.now() / 1000);
  for (const [given, body] of [
    [headers(), BODY.replace("test", "tost")],
    [{ ...headers(), "webhook-id": "evt_2" }, BODY],
    [headers(now - 301), BODY],
    [headers(now + 301), BODY],
    [{ ...headers(), "webhook-timestamp": "soon" }, BODY],
    [{ ...headers(), "webhook-signature": "" }, BODY],
    [{}, BODY],
  ] as const) {
    assert.throws(() => unwrapWebhook(SECRET, given, body), WebhookError);
  }
});
