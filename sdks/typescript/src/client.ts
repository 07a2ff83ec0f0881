/** The client: `openapi-fetch` with the API's types, a key and retries. */
import createClient, { type Client } from "openapi-fetch";
import { WagateError } from "./problem.js";
import { retrying } from "./retry.js";
import type { paths } from "./schema.js";

export interface Options {
  /** Where the gateway is, such as `https://wagate.example.com`. */
  url: string;
  /** An API key (`gw_live_...` or `gw_test_...`). */
  key: string;
  /** How often a request is sent again at most; 3 unless told. */
  retries?: number;
  /** In place of the platform's `fetch`. */
  fetch?: (request: Request) => Promise<Response>;
}

/** The API's calls, by path: `wagate.POST("/v1/messages", { body })`. */
export type Wagate = Client<paths>;

/** A client for one workspace. */
export function connect({ url, key, retries = 3, fetch = globalThis.fetch }: Options): Wagate {
  return createClient<paths>({
    baseUrl: url.replace(/\/+$/, ""),
    headers: { "X-API-Key": key },
    querySerializer: { array: { style: "form", explode: false } },
    fetch: retrying(retries, fetch),
  });
}

interface Answer<Data> {
  data?: Data;
  error?: unknown;
  response: Response;
}

/** What a call answers; throws a `WagateError` if it was refused. */
export async function ok<Data>(call: Promise<Answer<Data>>): Promise<Exclude<Data, undefined>> {
  const { data, error, response } = await call;
  if (!response.ok) throw WagateError.from(response, error);
  return data as Exclude<Data, undefined>;
}
