/** Client of the Wagate API. */
export { connect, ok, type Options, type Wagate } from "./client.js";
export { listen, type ListenOptions, type Reset } from "./listen.js";
export { WagateError, type Problem } from "./problem.js";
export { unwrapWebhook, WebhookError, type WebhookEvent } from "./webhook.js";
export type { components, operations, paths } from "./schema.js";
