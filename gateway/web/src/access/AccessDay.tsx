import Paper from '@mui/material/Paper';
import Stack from '@mui/material/Stack';
import { styled } from '@mui/material/styles';
import Typography from '@mui/material/Typography';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useWritten } from '@/i18n/written';
import { Tag } from '@/patterns/Note';
import { useAccess } from '@/session/store';
import type { Access } from './queries';

const List = styled('ul')(({ theme }) => ({
  listStyle: 'none',
  margin: 0,
  padding: 0,
  '& > li': { padding: theme.spacing(1.5, 2) },
  '& > li + li': { borderTop: `1px solid ${theme.palette.divider}` },
  '& summary': { padding: theme.spacing(1.25, 0), cursor: 'pointer' },
  '& summary:focus-visible': { outline: `3px solid ${theme.palette.primary.main}` },
}));

/** One day of a history: what others did, and, folded up, how often one looked oneself. */
export function AccessDay({ day, accesses }: { day: string; accesses: readonly Access[] }) {
  const { t } = useTranslation('access');
  const { person } = useAccess();
  const written = useWritten();
  const others = accesses.filter(({ actor }) => actor !== person);
  const own = accesses.filter(({ actor }) => actor === person);
  return (
    <section>
      <Typography variant="h2" gutterBottom>
        {written.date(day)}
      </Typography>
      <Paper>
        <List>
          {others.map((access) => (
            <AccessLine key={access.id} access={access} />
          ))}
          {own.length > 0 && (
            <li>
              <details>
                <summary>{t('mine.own', { count: own.length })}</summary>
                {own.map((access) => (
                  <Typography key={access.id} variant="body2" sx={{ py: 0.5 }}>
                    {written.time(access.at)} · {access.text}
                  </Typography>
                ))}
              </details>
            </li>
          )}
        </List>
      </Paper>
    </section>
  );
}

function AccessLine({ access }: { access: Access }) {
  const { t } = useTranslation('access');
  const written = useWritten();
  return (
    <Stack component="li" spacing={0.5}>
      <Stack direction="row" sx={{ gap: 1, flexWrap: 'wrap', alignItems: 'center' }}>
        <Typography variant="body2" color="text.secondary">
          <time dateTime={access.at}>{written.time(access.at)}</time>
        </Typography>
        {access.denied && <Tag tone="error">{t('refused')}</Tag>}
        {access.emergency && <Tag tone="warning">{t('emergency')}</Tag>}
      </Stack>
      <Typography>{access.text}</Typography>
      {access.consents.map((id) => (
        <Link key={id} to="/privacy/consents/$id" params={{ id }}>
          {t('mine.consent')}
        </Link>
      ))}
      {access.emergency && (
        <Link to="/privacy/emergencies/$id" params={{ id: access.emergency }}>
          {t('mine.emergency')}
        </Link>
      )}
    </Stack>
  );
}
