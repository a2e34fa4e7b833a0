import Paper from '@mui/material/Paper';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { createLink } from '@tanstack/react-router';
import type { ComponentProps, ReactNode } from 'react';
import { Icon } from './Icon';

interface Content {
  title: string;
  icon?: string;
  /** How it stands, at the end of its first line. */
  tag?: ReactNode;
  children?: ReactNode;
}

function Card({ title, icon, tag, children, ...link }: Content & ComponentProps<'a'>) {
  return (
    <Paper sx={{ p: 2, position: 'relative', display: 'flex', gap: 2 }}>
      {icon && <Icon path={icon} />}
      <Stack sx={{ flex: 1, minWidth: 0, gap: 0.25, overflowWrap: 'anywhere' }}>
        <Stack direction="row" sx={{ justifyContent: 'space-between', gap: 1, flexWrap: 'wrap' }}>
          <Typography variant="h3">
            <a {...link} className="whole">
              {title}
            </a>
          </Typography>
          {tag}
        </Stack>
        <Typography variant="body2" color="text.secondary" component="div">
          {children}
        </Typography>
      </Stack>
    </Paper>
  );
}

/** A card that leads to a page: its name, how it stands, and what is there. */
export const LinkCard = createLink(Card);
