import { Store } from '@tanstack/react-store';

export const SCHEMES = ['light', 'dark', 'contrast'] as const;
export type Scheme = (typeof SCHEMES)[number];

const KEPT = 'medilink.scheme';

function preferred(): Scheme {
  const kept = localStorage.getItem(KEPT);
  const chosen = SCHEMES.find((scheme) => scheme === kept);
  if (chosen !== undefined) return chosen;
  if (matchMedia('(prefers-contrast: more)').matches) return 'contrast';
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

export const scheme = new Store<Scheme>(preferred());

// What is chosen in one tab holds in the others.
addEventListener('storage', ({ key }) => key === KEPT && scheme.setState(preferred));

export function choose(wanted: Scheme): void {
  localStorage.setItem(KEPT, wanted);
  scheme.setState(() => wanted);
}

/** Each pair of text and ground has a contrast of 4.5:1 or more (WCAG 2.2, 1.4.3), with `contrast` 7:1. */
export const PALETTES = {
  light: {
    mode: 'light',
    primary: { main: '#0b5c6b' },
    secondary: { main: '#8a3f0c' },
    error: { main: '#b3261e' },
    warning: { main: '#8a5300' },
    success: { main: '#1e6b34' },
    info: { main: '#1b5e92' },
    background: { default: '#f5f8f9', paper: '#ffffff' },
    text: { primary: '#14262b', secondary: '#45585e' },
    divider: '#c9d5d8',
  },
  dark: {
    mode: 'dark',
    primary: { main: '#7fd3e2', contrastText: '#00252d' },
    secondary: { main: '#ffb68a' },
    error: { main: '#ffb4ab' },
    warning: { main: '#ffcf7a' },
    success: { main: '#8fdba3' },
    info: { main: '#9fcbf5' },
    background: { default: '#0e1719', paper: '#172225' },
    text: { primary: '#e6eff1', secondary: '#b3c4c8' },
    divider: '#3b4c50',
  },
  contrast: {
    mode: 'light',
    primary: { main: '#00343d' },
    secondary: { main: '#5a2500' },
    error: { main: '#7a0d07' },
    warning: { main: '#5a3400' },
    success: { main: '#0b4220' },
    info: { main: '#083a61' },
    background: { default: '#ffffff', paper: '#ffffff' },
    text: { primary: '#000000', secondary: '#1f1f1f' },
    divider: '#000000',
  },
} as const;

/** Puts the colours where first.css reads them, which is what has no MUI. */
function paint(now: Scheme): void {
  const { mode, primary, background, text, divider, ...tones } = PALETTES[now];
  const { style } = document.documentElement;
  const set = (name: string, value: string) => style.setProperty(`--${name}`, value);
  set('scheme', mode);
  set('primary', primary.main);
  set('on-primary', 'contrastText' in primary ? primary.contrastText : '#ffffff');
  for (const [tone, { main }] of Object.entries(tones)) set(tone, main);
  set('ground', background.default);
  set('paper', background.paper);
  set('text', text.primary);
  set('text-2', text.secondary);
  set('divider', divider);
  set('edge', `${edgeOf(now)}px`);
}

/** How thick the edge of a card is. */
export function edgeOf(scheme: Scheme): number {
  return scheme === 'contrast' ? 2 : 1;
}

paint(scheme.state);
scheme.subscribe(() => paint(scheme.state));
