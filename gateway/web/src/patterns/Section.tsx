import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import type { ReactNode } from 'react';

/** A part of a page: its heading, what can be done, and what it shows. */
export function Section(props: { title: string; actions?: ReactNode; children: ReactNode }) {
  return (
    <Stack component="section" spacing={1.5}>
      <Stack
        direction="row"
        sx={{ justifyContent: 'space-between', alignItems: 'center', gap: 1, flexWrap: 'wrap' }}
      >
        <Typography variant="h2">{props.title}</Typography>
        {props.actions}
      </Stack>
      {props.children}
    </Stack>
  );
}
