import Stack from '@mui/material/Stack';
import { styled } from '@mui/material/styles';
import Typography from '@mui/material/Typography';
import { useMutation } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { answered, api } from '@/api/client';
import type { components } from '@/api/schema';
import { Field, Form, useCommandForm } from '@/patterns/form';
import { Loaded } from '@/patterns/Loaded';

type Changed = components['schemas']['SecondFactorChangedOut'];

// White around it whatever the colours are: cameras need the edge.
const Picture = styled('img')({ width: 220, height: 220, padding: 12, background: '#fff' });

/** An authenticator app: the picture it reads, and a first code that shows that it did. */
export function TotpSetup({ done }: { done: (change: Changed) => void }) {
  const { t } = useTranslation('second_factor');
  // A command, though nothing is typed for it: each time makes another secret.
  const begun = useMutation({
    mutationFn: () => answered(api.POST('/v1/me/second-factors/totp')),
  });
  const { mutate: begin } = begun;
  useEffect(() => begin(), [begin]);
  const form = useCommandForm({
    values: { code: '' },
    send: ({ code }) =>
      answered(
        api.POST('/v1/me/second-factors/totp/confirmation', { body: { code: code.trim() } }),
      ),
    done,
  });
  return (
    <Loaded query={{ ...begun, refetch: begin }} lines={3}>
      {({ picture, secret, url }) => (
        <Stack spacing={2}>
          <Typography>{t('totp.scan')}</Typography>
          <Picture
            src={`data:image/svg+xml,${encodeURIComponent(picture)}`}
            alt={t('totp.picture')}
          />
          <Typography>
            <a href={url}>{t('totp.open')}</a>
          </Typography>
          <Typography>
            {t('totp.type')} <code>{secret}</code>
          </Typography>
          <Form of={form} submit={t('totp.confirm')}>
            <Field
              name="code"
              label={t('totp.code')}
              autoComplete="one-time-code"
              slotProps={{ htmlInput: { inputMode: 'numeric' } }}
            />
          </Form>
        </Stack>
      )}
    </Loaded>
  );
}
