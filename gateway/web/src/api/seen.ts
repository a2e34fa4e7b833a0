/** Has a command take effect only if what it changes is still as it was seen. */
export function seen(version: number): { 'If-Match': string } {
  return { 'If-Match': `"${version}"` };
}
