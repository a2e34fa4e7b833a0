import i18next from 'i18next';
import type { Problem } from '@/api/problem';
import { prepareWords } from '@/i18n';

/** A problem as it is told to people. */
export interface Telling {
  readonly title: string;
  /** What can be done about it. */
  readonly mend: string;
}

/** What the server says of a field in English, and under which name it is said in `field`. */
const FIELD: readonly [RegExp, string][] = [
  [/must not be empty/, 'empty'],
  [/at most (?<limit>\d+) characters/, 'most'],
  [/at least (?<limit>\d+) characters/, 'least'],
  [/from (?<from>\d+) to (?<to>\d+)/, 'between'],
  [/at least (?<limit>-?[\d.]+)\.$/, 'lowest'],
  [/at most (?<limit>-?[\d.]+)\.$/, 'highest'],
  [/control characters/, 'control'],
  [/phone number/, 'phone'],
  [/e-mail address/, 'email'],
  [/date of birth/, 'birth'],
  [/time zone/, 'zone'],
  [/time of day/, 'time'],
  [/code\b.* such as (?<such>[\w-]+-[\w-]+)\.$/, 'code'],
  [/six digits/, 'digits'],
  [/code of a currency/, 'currency'],
  [/scope such as/, 'scope'],
];

/** Has the words for problems come. Where they don't, the server's own are told. */
export async function prepareTelling(): Promise<void> {
  await prepareWords('problem').catch(() => undefined);
}

/** What is wrong and what to do about it, in the reader's language. */
export function told(problem: Problem): Telling {
  const server = { title: sentence(problem.message), mend: problem.mend };
  if (!i18next.hasResourceBundle(i18next.language, 'problem')) return server;
  const kind = wordsFor(problem.kind);
  return {
    title: say(`kinds.${kind}.title`),
    mend: fieldSays(problem) ?? say(`kinds.${kind}.mend`),
  };
}

/**
 * Under which kind's words a kind is told. What has none is a fault of this program, or of a
 * server that is newer than it, and nothing that its reader could mend.
 */
function wordsFor(kind: string): string {
  if (i18next.exists(`kinds.${kind}.title`, { ns: 'problem' })) return kind;
  return kind.startsWith('no-such-') ? 'not-found' : 'of-program';
}

/** What a value must be. What our own forms can't send is said as the server says it. */
function fieldSays({ kind, detail }: Problem): string | undefined {
  if (kind !== 'invalid-field' || detail === undefined) return undefined;
  for (const [pattern, name] of FIELD) {
    const found = pattern.exec(detail);
    if (found !== null) return say(`field.${name}`, found.groups);
  }
  return detail;
}

function say(name: string, values: Record<string, string> = {}): string {
  return i18next.t(name as never, { ns: 'problem', ...values });
}

/** The server's titles are sentences, or begin small and have no end. */
function sentence(title: string): string {
  return `${title.charAt(0).toUpperCase()}${title.slice(1)}`.replace(/[^.]$/, '$&.');
}
