/** Verifies webhooks: Standard Webhooks, HMAC-SHA256 over id, time and the exact bytes of the body. */
import { createHmac, timingSafeEqual } from "node:crypto";
import type { components } from "./schema.js";

type Schemas = components["schemas"];
type EventOf<Type extends Schemas["EventType"], Data> = Omit<Schemas["Event"], "type" | "data"> & {
  type: Type;
  data: Data;
};

/** What a webhook says. */
export type WebhookEvent =
  | EventOf<"message.received" | "message.status", Schemas["Message"]>
  | EventOf<"connection.update", Schemas["Account"]>
  | EventOf<
      Exclude<Schemas["EventType"], "message.received" | "message.status" | "connection.update">,
      Record<string, unknown>
    >;

/** The request is not from the gateway, or not of now. */
export class WebhookError extends Error {
  override readonly name = "WebhookError";
}

type HeadersLike = Headers | Record<string, string | string[] | undefined>;

/**
 * The event in a webhook's request, once its signature and time are found to be right.
 *
 * @param secret the webhook's secret, `whsec_...`
 * @param body the exact bytes that arrived; not what a parser made of them
 * @param toleranceSeconds how far the request's time may be from now
 * @throws WebhookError
 */
export function unwrapWebhook(
  secret: string,
  headers: HeadersLike,
  body: string | Uint8Array,
  toleranceSeconds = 300,
): WebhookEvent {
  const sentAt = header(headers, "webhook-timestamp");
  const age = Math.abs(Date.now() / 1000 - Number(sentAt));
  if (!/^\d+$/.test(sentAt) || age > toleranceSeconds) throw new WebhookError("the time is missing or too far away");
  const bytes = Buffer.from(body);
  const signed = Buffer.concat([Buffer.from(`${header(headers, "webhook-id")}.${sentAt}.`), bytes]);
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const expected = Buffer.from(`v1,${createHmac("sha256", key).update(signed).digest("base64")}`);
  const isSigned = header(headers, "webhook-signature")
    .split(" ")
    .map((entry) => Buffer.from(entry))
    .some((given) => given.length === expected.length && timingSafeEqual(given, expected));
  if (!isSigned) throw new WebhookError("no signature is valid");
  return JSON.parse(bytes.toString("utf8")) as WebhookEvent;
}

function header(headers: HeadersLike, name: string): string {
  const value = headers instanceof Headers ? headers.get(name) : headers[name];
  return (Array.isArray(value) ? value[0] : value) ?? "";
}
