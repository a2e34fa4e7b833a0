import { createTheme, type Theme } from '@mui/material/styles';
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

export function choose(wanted: Scheme): void {
  localStorage.setItem(KEPT, wanted);
  scheme.setState(() => wanted);
}

/** Each pair of text and ground has a contrast of 4.5:1 or more (WCAG 2.2, 1.4.3), with `contrast` 7:1. */
const PALETTES = {
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

const themes = new Map<Scheme, Theme>();

export function themeOf(wanted: Scheme): Theme {
  let theme = themes.get(wanted);
  if (theme === undefined) {
    theme = make(wanted);
    themes.set(wanted, theme);
  }
  return theme;
}

function make(wanted: Scheme): Theme {
  const edge = wanted === 'contrast' ? 2 : 1;
  return createTheme({
    palette: PALETTES[wanted],
    shape: { borderRadius: 10 },
    typography: {
      // The fonts that phones and desktops have for the three scripts: none is sent.
      fontFamily:
        'Roboto, "Noto Sans", system-ui, "Noto Sans Devanagari", "Noto Sans Gurmukhi", sans-serif',
      h1: { fontSize: '1.6rem', fontWeight: 600, lineHeight: 1.25 },
      h2: { fontSize: '1.2rem', fontWeight: 600, lineHeight: 1.3 },
      h3: { fontSize: '1.05rem', fontWeight: 600, lineHeight: 1.35 },
      button: { textTransform: 'none', fontWeight: 600 },
    },
    components: {
      // Half the frames of a cheap phone, and nobody needs it to know what they pressed.
      MuiButtonBase: {
        defaultProps: { disableRipple: true },
        styleOverrides: {
          root: ({ theme }) => ({
            '&.Mui-focusVisible': {
              outline: `3px solid ${theme.palette.primary.main}`,
              outlineOffset: 2,
            },
          }),
        },
      },
      // The browser's own blue is too dark on dark ground.
      MuiCssBaseline: {
        styleOverrides: (theme: Theme) => ({
          a: { color: theme.palette.primary.main },
          // What the browser draws itself, such as the button of a date field.
          html: { colorScheme: theme.palette.mode },
        }),
      },
      // 44 px: fingers, and WCAG 2.2, 2.5.8.
      MuiButton: { styleOverrides: { root: { minHeight: 44 } } },
      MuiPaper: {
        defaultProps: { elevation: 0 },
        styleOverrides: {
          root: ({ theme }) => ({ border: `${edge}px solid ${theme.palette.divider}` }),
        },
      },
    },
  });
}
