import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '@/api/client';
import { asSeen } from '@/api/seen';
import { saying } from '@/app/say';
import { Confirm } from '@/patterns/Confirm';
import { Choice } from '@/patterns/choices';
import { Form, useCommandForm } from '@/patterns/form';
import { KeysField } from './KeysField';
import { readKeys } from './keys';
import type { Integrator } from './queries';
import { ScopesField } from './ScopesField';

const REASONS = ['contract-ended', 'key-compromised', 'misuse', 'on-request'] as const;

/** What those do about a program who answer for it. */
export function Manage({ integrator }: { integrator: Integrator }) {
  const { t } = useTranslation('integrator');
  return (
    <>
      <Part title={t('scopes.title')}>
        <Scopes integrator={integrator} />
      </Part>
      <Part title={t('keys.title')}>
        <Keys integrator={integrator} />
      </Part>
      <Part title={t(integrator.disabled_at ? 'enable.title' : 'disable.title')}>
        {integrator.disabled_at ? (
          <Enable integrator={integrator} />
        ) : (
          <Disable integrator={integrator} />
        )}
      </Part>
    </>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Stack component="section" spacing={1.5} sx={{ alignItems: 'stretch' }}>
      <Typography variant="h2">{title}</Typography>
      {children}
    </Stack>
  );
}

function paramsOf({ id, version }: Integrator) {
  return { path: { id }, header: asSeen(version) };
}

function Scopes({ integrator }: { integrator: Integrator }) {
  const { t } = useTranslation('integrator');
  const form = useCommandForm<{ scopes: string[] }, unknown>({
    values: { scopes: [...integrator.scopes] },
    send: (body) => api.PUT('/v1/integrators/{id}/scopes', { params: paramsOf(integrator), body }),
    done: saying(t('scopes.done')),
  });
  return (
    <Form of={form} submit={t('scopes.go')}>
      <ScopesField present={integrator.scopes} />
    </Form>
  );
}

function Keys({ integrator }: { integrator: Integrator }) {
  const { t } = useTranslation('integrator');
  const form = useCommandForm<{ keys: string }, unknown>({
    values: { keys: '' },
    send: ({ keys }) => {
      const read = readKeys(keys);
      return api.PUT('/v1/integrators/{id}/keys', {
        params: paramsOf(integrator),
        body: { keys: typeof read === 'string' ? [] : [...read] },
      });
    },
    done: saying(t('keys.done')),
  });
  return (
    <Form of={form} submit={t('keys.go')}>
      <Typography>{t('keys.text')}</Typography>
      <KeysField />
    </Form>
  );
}

function Disable({ integrator }: { integrator: Integrator }) {
  const { t } = useTranslation('integrator');
  const form = useCommandForm<{ reason: string }, unknown>({
    values: { reason: '' },
    send: (body) =>
      api.POST('/v1/integrators/{id}/disable', { params: paramsOf(integrator), body }),
    done: saying(t('disable.done')),
  });
  return (
    <Form of={form} submit={t('disable.go')} color="error">
      <Typography>{t('disable.text')}</Typography>
      <Choice
        none=""
        name="reason"
        label={t('disable.reason')}
        helperText={t('disable.reason_hint')}
        options={REASONS.map((reason) => [reason, t(`reason.${reason}`)] as const)}
      />
    </Form>
  );
}

function Enable({ integrator }: { integrator: Integrator }) {
  const { t } = useTranslation('integrator');
  return (
    <div>
      <Confirm
        does={t('enable.go')}
        title={t('enable.ask')}
        send={() => api.POST('/v1/integrators/{id}/enable', { params: paramsOf(integrator) })}
        done={saying(t('enable.done'))}
      >
        <Typography>{t('enable.text')}</Typography>
      </Confirm>
    </div>
  );
}
