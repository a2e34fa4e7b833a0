import Button from '@mui/material/Button';
import Paper from '@mui/material/Paper';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answered, api } from '@/api/client';
import { usePatient } from '@/app/patient';
import { say } from '@/app/say';
import { beginHere, earlier, endHere, todayHere } from '@/i18n/here';
import { useWritten } from '@/i18n/written';
import { Facts } from '@/patterns/Facts';
import { Failure } from '@/patterns/Failure';
import { Page } from '@/patterns/Page';
import { Step } from '@/patterns/Wizard';
import { useGranteeName } from './names';
import type { Grantee } from './queries';
import { type Matter, WhatStep } from './WhatStep';
import { type Period, WhenStep } from './WhenStep';
import { WhoStep } from './WhoStep';

const STEPS = 4;

/** Gives a consent that nobody asked for: to whom, of what, of which time and until when. */
export function GivePage() {
  const { t } = useTranslation('consent');
  const [step, go] = useState(1);
  const [who, setWho] = useState<Grantee>();
  const [matter, setMatter] = useState<Matter>({
    types: ['op-consultation'],
    purpose: 'CAREMGT',
    mode: 'view',
  });
  const [period, setPeriod] = useState<Period>({
    from: todayHere(-365),
    to: todayHere(90),
    expires_at: todayHere(90),
  });
  const titles = ['give.who', 'give.what', 'give.when', 'give.check'] as const;
  return (
    <Page title={t('give.title')}>
      <Step
        number={step}
        of={STEPS}
        title={t(titles[step - 1] ?? 'give.who')}
        {...(step > 1 && { back: () => go(step - 1) })}
      >
        {step === 1 && (
          <WhoStep
            done={(chosen) => {
              setWho(chosen);
              go(2);
            }}
          />
        )}
        {step === 2 && (
          <WhatStep
            from={matter}
            done={(chosen) => {
              setMatter(chosen);
              go(3);
            }}
          />
        )}
        {step === 3 && (
          <WhenStep
            from={period}
            done={(chosen) => {
              setPeriod(chosen);
              go(4);
            }}
          />
        )}
        {step === STEPS && who && <CheckStep who={who} matter={matter} period={period} />}
      </Step>
    </Page>
  );
}

function CheckStep({ who, matter, period }: { who: Grantee; matter: Matter; period: Period }) {
  const { t } = useTranslation('consent');
  const patient = usePatient();
  const written = useWritten();
  const navigate = useNavigate();
  const name = useGranteeName(who);
  const expires_at = endHere(period.expires_at);
  const given = useMutation({
    mutationFn: () =>
      answered(
        api.POST('/v1/patients/{id}/consents', {
          params: { path: { id: patient } },
          body: {
            grantee: who,
            ...matter,
            from: beginHere(period.from),
            to: earlier(endHere(period.to), expires_at),
            expires_at,
          },
        }),
      ),
    onSuccess({ id }) {
      say({ text: t('give.done') });
      void navigate({ to: '/privacy/consents/$id', params: { id }, replace: true });
    },
  });
  const { from, to } = period;
  return (
    <Stack spacing={2}>
      <Paper sx={{ p: 2 }}>
        <Facts
          of={[
            [t('fact.who'), name],
            [t('fact.purpose'), t(`purpose.${matter.purpose}`)],
            [t('fact.types'), matter.types.map((type) => t(`type.${type}`)).join(', ')],
            [t('fact.mode'), t(`mode.${matter.mode}`)],
            [t('fact.period'), t('period', { from: written.date(from), to: written.date(to) })],
            [t('fact.until'), written.date(period.expires_at)],
          ]}
        />
      </Paper>
      <Typography>{t('give.note')}</Typography>
      {given.isError && <Failure error={given.error} />}
      <Button
        variant="contained"
        sx={{ alignSelf: 'flex-start' }}
        loading={given.isPending}
        onClick={() => given.mutate()}
      >
        {t('give.go')}
      </Button>
    </Stack>
  );
}
