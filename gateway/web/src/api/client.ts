import createClient from 'openapi-fetch';
import type { paths } from './schema';
import { send } from './send';

/** The API as openapi.json describes it. Every refusal is thrown as a `Problem`. */
export const api = createClient<paths>({ baseUrl: location.origin, fetch: send });

/** The body of an answer. `send` throws what is none, so there is one. */
export async function answered<T>(call: Promise<{ data?: T; response: Response }>): Promise<T> {
  const { data } = await call;
  return data as T;
}
