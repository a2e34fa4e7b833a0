import type { components } from './schema';

/** Why the server refused (RFC 9457), as thrown by every call. */
export class Problem extends Error {
  readonly kind: string;
  readonly status: number;
  /** What happened in this case, in English. */
  readonly detail: string | undefined;
  /** The part of the request at fault: a JSON pointer into the body, or a parameter's name. */
  readonly field: string | undefined;
  readonly mend: string;
  /** The id of the request, for whoever is asked for help. */
  readonly request: string | undefined;
  /** After how many seconds to ask again, where the server says so. */
  readonly retryAfter: number | undefined;

  constructor(body: components['schemas']['Problem'], response: Response) {
    super(body.title);
    this.name = 'Problem';
    this.kind = body.type.slice(body.type.lastIndexOf('/') + 1);
    this.status = response.status;
    this.detail = body.detail;
    this.field = body.field;
    this.mend = body.mend;
    this.request = response.headers.get('x-request-id') ?? undefined;
    const wait = Number(response.headers.get('retry-after') ?? Number.NaN);
    this.retryAfter = Number.isFinite(wait) ? wait : undefined;
  }

  /** Whether the same request may well succeed later, without anything being mended. */
  get passing(): boolean {
    return this.status === 429 || this.status >= 500;
  }
}

/** No answer came: the line or the server is down, or something in between answered for it. */
export class Unreachable extends Error {
  constructor(cause?: unknown) {
    super('no answer', { cause });
    this.name = 'Unreachable';
  }
}

/** Whether it may pass by itself. */
export function passes(error: unknown): boolean {
  return error instanceof Unreachable || (error instanceof Problem && error.passing);
}

/** The problem that a refused answer describes. */
export async function problemOf(response: Response): Promise<Problem | Unreachable> {
  const type = response.headers.get('content-type') ?? '';
  if (!type.startsWith('application/problem+json')) return new Unreachable(response.status);
  try {
    return new Problem(await response.json(), response);
  } catch (error) {
    return new Unreachable(error);
  }
}
