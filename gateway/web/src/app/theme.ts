import { createTheme, type Theme } from '@mui/material/styles';
import { edgeOf, PALETTES, type Scheme } from './colours';

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
  return createTheme({
    palette: PALETTES[wanted],
    shape: { borderRadius: 10 },
    typography: {
      // What first.css says.
      fontFamily: 'inherit',
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
      // 44 px: fingers, and WCAG 2.2, 2.5.8.
      MuiButton: { styleOverrides: { root: { minHeight: 44 } } },
      MuiPaper: {
        defaultProps: { elevation: 0 },
        styleOverrides: {
          root: ({ theme }) => ({ border: `${edgeOf(wanted)}px solid ${theme.palette.divider}` }),
        },
      },
    },
  });
}
