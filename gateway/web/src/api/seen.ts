/** The header that has a command refused when what it changes is not as the reader saw it. */
export function asSeen(version: number): { 'If-Match': string } {
  return { 'If-Match': `"${version}"` };
}
