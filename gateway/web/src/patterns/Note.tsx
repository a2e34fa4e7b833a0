import {
  mdiAlertCircleOutline,
  mdiAlertOutline,
  mdiCheckCircleOutline,
  mdiInformationOutline,
} from '@mdi/js';
import { alpha, styled } from '@mui/material/styles';
import type { ReactNode } from 'react';
import { Icon } from './Icon';

export type Tone = 'info' | 'success' | 'warning' | 'error';

const ICONS: Record<Tone, string> = {
  info: mdiInformationOutline,
  success: mdiCheckCircleOutline,
  warning: mdiAlertOutline,
  error: mdiAlertCircleOutline,
};

const Box = styled('div', { shouldForwardProp: (prop) => prop !== 'tone' })<{ tone: Tone }>(
  ({ theme, tone }) => ({
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    gap: theme.spacing(1.5),
    padding: theme.spacing(1.5, 2),
    borderRadius: theme.shape.borderRadius,
    border: `1px solid ${theme.palette[tone].main}`,
    background: alpha(theme.palette[tone].main, 0.08),
    '& > svg': { color: theme.palette[tone].main },
    '& > div': { flex: '1 1 14rem', minWidth: 0, overflowWrap: 'anywhere' },
    '& p': { margin: 0 },
  }),
);

/**
 * Something that needs notice, and what can be done about it. Our own rather than MUI's
 * `Alert`, which is as large as the rest of a page of a patient's put together.
 */
export function Note(props: {
  tone: Tone;
  /** `alert` interrupts whoever hears the page read; `status` waits. */
  role?: 'alert' | 'status';
  actions?: ReactNode;
  children: ReactNode;
}) {
  return (
    <Box tone={props.tone} role={props.role}>
      <Icon path={ICONS[props.tone]} />
      <div>{props.children}</div>
      {props.actions}
    </Box>
  );
}

/** A word or two about how something stands. */
export const Tag = styled('span')(({ theme }) => ({
  alignSelf: 'flex-start',
  justifySelf: 'start',
  padding: theme.spacing(0.25, 1.25),
  borderRadius: 99,
  border: `1px solid ${theme.palette.divider}`,
  fontSize: '0.8125rem',
  whiteSpace: 'nowrap',
}));
