import { styled } from '@mui/material/styles';
import { createLink } from '@tanstack/react-router';

/** As MUI's buttons look, and 44 px high for fingers. */
const LOOK = {
  display: 'inline-flex',
  alignItems: 'center',
  justifyContent: 'center',
  minHeight: 44,
  padding: '6px 16px',
  border: 0,
  fontWeight: 600,
  textDecoration: 'none',
  cursor: 'pointer',
} as const;

/**
 * A plain button, for what surrounds every page: MUI's `Button` is 20 KB that the first page of
 * a patient has no other use for.
 */
export const Press = styled('button')(({ theme }) => ({
  ...LOOK,
  ...theme.typography.button,
  borderRadius: theme.shape.borderRadius,
  background: 'transparent',
  color: 'inherit',
  '&:hover': { background: theme.palette.action.hover },
  '&:focus-visible': { outline: `3px solid ${theme.palette.primary.main}`, outlineOffset: 2 },
}));

/** A link to another page that looks like a button, because it is what one comes for. */
export const LinkButton = createLink(
  styled('a')(({ theme }) => ({
    ...LOOK,
    ...theme.typography.button,
    borderRadius: theme.shape.borderRadius,
    background: theme.palette.primary.main,
    color: theme.palette.primary.contrastText,
    '&:hover': { background: theme.palette.primary.dark },
    '&:focus-visible': { outline: `3px solid ${theme.palette.primary.main}`, outlineOffset: 2 },
  })),
);
