import Button from '@mui/material/Button';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '@/api/client';
import { asSeen } from '@/api/seen';
import { saying } from '@/app/say';
import { useWritten } from '@/i18n/written';
import { Confirm } from '@/patterns/Confirm';
import { NarrowForm } from './NarrowForm';
import type { Consent } from './queries';

/** What somebody asks for is given, given in part, or refused. */
export function AnswerConsent({ consent }: { consent: Consent }) {
  const { t } = useTranslation('consent');
  const written = useWritten();
  const [less, setLess] = useState(false);
  const params = { path: { id: consent.id }, header: asSeen(consent.version) };
  return (
    <Stack spacing={2}>
      <Typography>{t('answer.text', { day: written.day(consent.over_at) })}</Typography>
      <Stack direction="row" sx={{ gap: 1, flexWrap: 'wrap' }}>
        <Confirm
          does={t('answer.grant')}
          title={t('answer.grant_title')}
          variant="contained"
          send={() => api.POST('/v1/consents/{id}/grant', { params, body: {} })}
          done={saying(t('answer.granted'))}
        >
          <Typography>
            {t('answer.grant_text', { day: written.day(consent.expires_at) })}
          </Typography>
        </Confirm>
        <Button variant="outlined" aria-expanded={less} onClick={() => setLess(!less)}>
          {t('answer.less')}
        </Button>
        <Confirm
          does={t('answer.deny')}
          title={t('answer.deny_title')}
          color="error"
          send={() => api.POST('/v1/consents/{id}/deny', { params })}
          done={saying(t('answer.denied'))}
        >
          <Typography>{t('answer.deny_text')}</Typography>
        </Confirm>
      </Stack>
      {less && <NarrowForm consent={consent} done={saying(t('answer.granted'))} />}
    </Stack>
  );
}
