import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answered, api } from '@/api/client';
import type { components } from '@/api/schema';
import { saying } from '@/app/say';
import { useWritten } from '@/i18n/written';
import { Confirm } from '@/patterns/Confirm';
import { Loaded } from '@/patterns/Loaded';
import { sessionsQuery } from './queries';
import { useAccess } from './store';

type Session = components['schemas']['SessionOut'];

/** Where one is signed in, and how to end that. */
export function Sessions() {
  const { t } = useTranslation('account');
  const sessions = useQuery(sessionsQuery(useAccess().person));
  const ended = saying(t('page.ended'));
  return (
    <Loaded query={sessions} lines={2}>
      {({ items }) => (
        <Stack spacing={2}>
          <Stack component="ul" spacing={2} sx={{ listStyle: 'none', m: 0, p: 0 }}>
            {items.map((session) => (
              <OneSession key={session.id} session={session} ended={ended} />
            ))}
          </Stack>
          {items.length === 1 && <Typography color="textSecondary">{t('page.none')}</Typography>}
          {items.length > 2 && (
            <Confirm
              does={t('page.end_others')}
              title={t('page.end_others')}
              color="error"
              send={() => answered(api.DELETE('/v1/me/sessions'))}
              done={ended}
            >
              {t('page.end_others_text')}
            </Confirm>
          )}
        </Stack>
      )}
    </Loaded>
  );
}

function OneSession({ session, ended }: { session: Session; ended: () => void }) {
  const { t } = useTranslation('account');
  const written = useWritten();
  const path = { id: session.id };
  return (
    <Stack
      component="li"
      direction="row"
      sx={{ flexWrap: 'wrap', gap: 1, justifyContent: 'space-between', alignItems: 'center' }}
    >
      <div>
        <Typography sx={{ fontWeight: 600 }}>
          {session.device ?? t('page.unnamed')}
          {session.current && ` · ${t('page.here')}`}
        </Typography>
        <Typography variant="body2" color="textSecondary">
          {t('page.since', { time: written.moment(session.started_at) })}
          {' · '}
          {t('page.until', { time: written.moment(session.expires_at) })}
        </Typography>
      </div>
      {!session.current && (
        <Confirm
          does={t('page.end')}
          title={session.device ?? t('page.unnamed')}
          send={() => answered(api.DELETE('/v1/me/sessions/{id}', { params: { path } }))}
          done={ended}
        >
          {t('page.end_text')}
        </Confirm>
      )}
    </Stack>
  );
}
