/** The live feed: events as they happen, once and in order, also across broken connections. */
import type { Wagate } from "./client.js";
import { WagateError } from "./problem.js";
import type { WebhookEvent } from "./webhook.js";

/** What came after the number that was asked for is not known any more: read again what you show. */
export interface Reset {
  type: "reset";
  oldest_sequence: number | null;
  sequence: number;
}

export interface ListenOptions {
  /** The `sequence` of the last event that is known; from now on unless told. */
  after?: number;
  /** Only these types. */
  types?: WebhookEvent["type"][];
  signal?: AbortSignal;
}

/** How long to wait before coming back, in milliseconds. */
const COMES_BACK_AFTER = 1_000;

/**
 * Events as they happen. A connection that ends is opened again, and goes on after the last event. It ends
 * with the signal, and throws a `WagateError` once it is refused.
 */
export async function* listen(wagate: Wagate, options: ListenOptions = {}): AsyncGenerator<WebhookEvent | Reset> {
  let last = options.after === undefined ? undefined : String(options.after);
  while (!options.signal?.aborted) {
    try {
      const { data, error, response } = await wagate.GET("/v1/events/stream", {
        params: {
          query: options.types ? { types: options.types } : {},
          header: last === undefined ? {} : { "Last-Event-ID": Number(last) },
        },
        parseAs: "stream",
        ...(options.signal ? { signal: options.signal } : {}),
      });
      if (!response.ok) throw WagateError.from(response, error);
      for await (const frame of frames(data as unknown as ReadableStream<Uint8Array>)) {
        last = frame["id"] ?? last;
        if (frame["data"] === undefined) continue;
        const said: object = JSON.parse(frame["data"]);
        yield (frame["event"] === "reset" ? { ...said, type: "reset" } : said) as WebhookEvent | Reset;
      }
    } catch (error) {
      if (options.signal?.aborted) return;
      if (error instanceof WagateError) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, COMES_BACK_AFTER));
  }
}

/** The frames of a stream of server-sent events: their fields by name. */
async function* frames(stream: ReadableStream<Uint8Array>): AsyncGenerator<Record<string, string>> {
  const decoder = new TextDecoder();
  let [rest, frame] = ["", {} as Record<string, string>];
  for await (const chunk of stream as unknown as AsyncIterable<Uint8Array>) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const [, name, value] = /^([^:]*): ?(.*?)\r?$/.exec(line) ?? [];
      if (name) frame[name] = value ?? "";
      else if (line.trim() === "") {
        yield frame;
        frame = {};
      }
    }
  }
}
