// What pages wait for from the platform, and what they asked for in vain: when a flow has failed,
// this tells a page that is slow from one that nobody answers.

/** How many requests without an answer are told of each page. */
const TOLD = 12;

const waiting = new Map();
const failed = [];

/** Notes what the pages of a device ask for. */
export function watch(context) {
  context.on('request', (request) => waiting.set(request, Date.now()));
  context.on('requestfinished', (request) => waiting.delete(request));
  context.on('requestfailed', (request) => {
    waiting.delete(request);
    failed.push(request);
  });
}

/** What a page waits for, for how long it has, and what it could not have: a line each. */
export function lines(page) {
  const now = Date.now();
  const ours = (request) => frameOf(request)?.page() === page;
  const path = (request) => `${request.method()} ${request.url().slice(0, 200)}`;
  const open = [...waiting].filter(([request]) => ours(request));
  return [
    ...open.map(([request, since]) => `waits for ${path(request)} since ${now - since} ms\n`),
    ...failed
      .filter(ours)
      .slice(-TOLD)
      .map((request) => `could not have ${path(request)}: ${request.failure()?.errorText}\n`),
  ].join('');
}

/** Where a request comes from; none for the first one of a page and for what a worker asks. */
function frameOf(request) {
  try {
    return request.frame();
  } catch {
    return undefined;
  }
}
