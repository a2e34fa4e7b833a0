/** What this device is called in the list of sessions: the browser and the system, no more. */
export function deviceName(): string {
  const agent = navigator.userAgent;
  const browser =
    ['Edg', 'OPR', 'SamsungBrowser', 'Firefox', 'Chrome', 'Safari'].find((name) =>
      agent.includes(`${name}/`),
    ) ?? 'Browser';
  const system =
    ['Android', 'iPhone', 'iPad', 'Windows', 'Mac OS X', 'Linux'].find((name) =>
      agent.includes(name),
    ) ?? '';
  const names: Record<string, string> = { Edg: 'Edge', OPR: 'Opera', SamsungBrowser: 'Samsung' };
  return [names[browser] ?? browser, system].filter(Boolean).join(' · ');
}
