import Typography from '@mui/material/Typography';
import { useTranslation } from 'react-i18next';
import { answered, api } from '@/api/client';
import type { components } from '@/api/schema';
import { deviceName } from './device';
import { type Asks, Factors } from './Factors';
import { enter, IN_COOKIE } from './tokens';

export type Challenge = components['schemas']['ChallengeOut'];

/** The password was right; now a second factor. */
export function Entry({ challenge, entered }: { challenge: Challenge; entered: () => void }) {
  const { t } = useTranslation('session');
  const body = { challenge: challenge.challenge };
  const asks: Asks = {
    methods: challenge.methods,
    send: (by) =>
      by === 'sms'
        ? answered(api.POST('/v1/sessions/challenge/sms', { body }))
        : answered(api.POST('/v1/sessions/challenge/mail', { body })),
    question: () => answered(api.POST('/v1/sessions/challenge/passkey', { body })),
    async take({ method, password: _, ...shown }) {
      if (method === 'password') return;
      const { data, response } = await api.POST('/v1/sessions/challenge', {
        body: { ...body, ...shown, method, device: deviceName() },
        headers: IN_COOKIE,
      });
      if (data === undefined) return;
      enter(data, response);
      entered();
    },
  };
  return (
    <>
      <Typography variant="h2">{t('factor.title')}</Typography>
      <Factors asks={asks} />
    </>
  );
}
