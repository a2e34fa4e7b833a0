import { createParser } from 'eventsource-parser';

/** Something of the person's changed in the log. */
export interface Change {
  readonly position: number;
  /** What happened, such as `appointment.booked`. */
  readonly type: string;
  /** To what: the stream's name, which holds ids only. */
  readonly stream: string;
}

/** How long to wait before following again, in ms: longer each time, and never all at once. */
const PAUSES = [1_000, 2_000, 5_000, 15_000, 30_000];

/** After how long of silence the line is dead, in ms: the server is heard from every 15 s. */
const SILENCE = 60_000;

/**
 * Tells of the person's own changes until `signal` ends it, and goes on where it stopped when
 * the line breaks. `EventSource` can't: it sends no token.
 */
export async function follow(
  signal: AbortSignal,
  may: () => Promise<string | undefined>,
  tell: (change: Change) => void,
): Promise<void> {
  let last: string | undefined;
  let failures = 0;
  const parser = createParser({
    onEvent({ data, id }) {
      last = id ?? last;
      failures = 0;
      tell(JSON.parse(data));
    },
  });
  while (!signal.aborted) {
    const line = new AbortController();
    const hangUp = () => line.abort();
    signal.addEventListener('abort', hangUp);
    let silence = setTimeout(hangUp, SILENCE);
    try {
      const token = await may();
      if (token !== undefined) {
        const response = await fetch('/v1/me/changes', {
          headers: {
            Accept: 'text/event-stream',
            Authorization: `Bearer ${token}`,
            ...(last !== undefined && { 'Last-Event-ID': last }),
          },
          signal: line.signal,
        });
        if (response.ok && response.body !== null) {
          const text = response.body.pipeThrough(new TextDecoderStream());
          for await (const part of chunks(text)) {
            clearTimeout(silence);
            silence = setTimeout(hangUp, SILENCE);
            parser.feed(part);
          }
        }
      }
    } catch {
      // The line broke; it is taken up again.
    } finally {
      clearTimeout(silence);
      signal.removeEventListener('abort', hangUp);
      // What came in part comes again whole.
      parser.reset();
    }
    const pause = PAUSES[Math.min(failures, PAUSES.length - 1)] ?? 0;
    failures += 1;
    await sleep(pause * (0.5 + Math.random()), signal);
  }
}

/** Streams are no iterables in every browser yet. */
async function* chunks(stream: ReadableStream<string>): AsyncGenerator<string> {
  const reader = stream.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
