import { styled } from '@mui/material/styles';
import type { Policy } from './queries';

const Whole = styled('details')(({ theme }) => ({
  border: `1px solid ${theme.palette.divider}`,
  borderRadius: theme.shape.borderRadius,
  background: theme.palette.background.paper,
  '& summary': {
    padding: theme.spacing(1.25, 2),
    cursor: 'pointer',
    fontWeight: 600,
  },
  '& summary:focus-visible': { outline: `3px solid ${theme.palette.primary.main}` },
  '& pre': {
    margin: 0,
    padding: theme.spacing(0, 2, 2),
    overflowX: 'auto',
    fontSize: '0.85rem',
  },
}));

/** A policy: its id, which is a sentence, and its text in Cedar. */
export function PolicyText({ policy, open }: { policy: Policy; open?: boolean }) {
  return (
    <Whole open={open}>
      <summary lang="en">{policy.id.replaceAll('-', ' ')}</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard. */}
      <pre lang="en" tabIndex={0}>
        {policy.text}
      </pre>
    </Whole>
  );
}
