import Button from '@mui/material/Button';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answered, api } from '@/api/client';
import type { components } from '@/api/schema';
import type { Language } from '@/i18n/languages';
import { useWritten } from '@/i18n/written';
import { Field, Form, useCommandForm } from '@/patterns/form';
import { Note } from '@/patterns/Note';
import { Page } from '@/patterns/Page';
import { LinkButton } from '@/patterns/Press';
import { Step } from '@/patterns/Wizard';

type Asked = components['schemas']['AskedOut'];
export type Kind = 'patient' | 'provider';

/** How many steps there are. */
const STEPS = 3;

/** An account for somebody new: what as, an address that is theirs, and who they are. */
export function RegisterPage() {
  const { t } = useTranslation('account');
  const [kind, setKind] = useState<Kind>();
  const [asked, setAsked] = useState<Asked>();
  const [done, setDone] = useState(false);
  if (done) {
    return (
      <Page title={t('register.title')}>
        <Note tone="success" role="status">
          {t(kind === 'provider' ? 'register.done_provider' : 'register.done')}
        </Note>
        <LinkButton to="/sign-in">{t('register.next')}</LinkButton>
      </Page>
    );
  }
  return (
    <Page title={t('register.title')}>
      {kind === undefined && <WhoStep choose={setKind} />}
      {kind !== undefined && asked === undefined && (
        <EmailStep back={() => setKind(undefined)} done={setAsked} />
      )}
      {kind !== undefined && asked !== undefined && (
        <YouStep
          kind={kind}
          asked={asked}
          back={() => setAsked(undefined)}
          done={() => setDone(true)}
        />
      )}
      <Stack spacing={1}>
        <Link to="/sign-in">{t('register.known')}</Link>
        <Link to="/invitation">{t('register.invited')}</Link>
      </Stack>
    </Page>
  );
}

function WhoStep({ choose }: { choose: (kind: Kind) => void }) {
  const { t } = useTranslation('account');
  return (
    <Step number={1} of={STEPS} title={t('register.who')}>
      <Stack spacing={1.5}>
        <Button variant="contained" onClick={() => choose('patient')}>
          {t('register.patient')}
        </Button>
        <Button variant="outlined" onClick={() => choose('provider')}>
          {t('register.provider')}
        </Button>
        <Typography variant="body2" color="textSecondary">
          {t('register.provider_text')}
        </Typography>
      </Stack>
    </Step>
  );
}

function EmailStep({ back, done }: { back: () => void; done: (asked: Asked) => void }) {
  const { t, i18n } = useTranslation('account');
  const form = useCommandForm({
    values: { email: '' },
    send: ({ email }) =>
      answered(
        api.POST('/v1/registrations', { body: { email, language: i18n.language as Language } }),
      ),
    done,
  });
  return (
    <Step number={2} of={STEPS} title={t('register.email.title')} back={back}>
      <Form of={form} submit={t('register.email.go')}>
        <Field
          name="email"
          type="email"
          label={t('register.email.title')}
          helperText={t('register.email.text')}
          autoComplete="email"
        />
      </Form>
    </Step>
  );
}

function YouStep(props: { kind: Kind; asked: Asked; back: () => void; done: () => void }) {
  const { kind, asked, back, done } = props;
  const { t, i18n } = useTranslation('account');
  const written = useWritten();
  const form = useCommandForm({
    values: {
      code: '',
      name: '',
      phone: '',
      date_of_birth: '',
      registration_number: '',
      hospital_code: '',
      password: '',
    },
    send: ({ code, name, password, phone, date_of_birth, registration_number, hospital_code }) => {
      const common = { code: code.trim(), name: name.trim(), password };
      if (kind === 'patient') {
        return answered(
          api.POST('/v1/registrations/{id}/completion', {
            params: { path: { id: asked.id } },
            body: {
              ...common,
              phone: phone.replace(/[\s-]/g, ''),
              ...(date_of_birth && { date_of_birth }),
            },
          }),
        );
      }
      return answered(
        api.POST('/v1/providers', {
          body: {
            ...common,
            registration: asked.id,
            hospital_code: hospital_code.trim(),
            languages: [i18n.language as Language],
            ...(registration_number && { registration_number: registration_number.trim() }),
          },
        }),
      );
    },
    done,
  });
  return (
    <Step number={3} of={STEPS} title={t('register.you.title')} back={back}>
      <Typography role="status">
        {t('register.code.text', { time: written.time(asked.expires_at) })}
      </Typography>
      <Form of={form} submit={t('register.go')}>
        <Field name="code" label={t('register.code.label')} autoComplete="one-time-code" />
        <Field name="name" label={t('register.you.name')} autoComplete="name" />
        {kind === 'patient' ? <PatientFields /> : <ProviderFields />}
        <Field
          name="password"
          type="password"
          label={t('register.password')}
          helperText={t('register.password_why')}
          least={12}
          autoComplete="new-password"
        />
      </Form>
    </Step>
  );
}

function PatientFields() {
  const { t } = useTranslation('account');
  return (
    <>
      <Field
        name="phone"
        type="tel"
        label={t('register.you.phone')}
        helperText={t('register.you.phone_why')}
        autoComplete="tel"
      />
      <Field
        name="date_of_birth"
        type="date"
        required={false}
        label={t('register.you.birth')}
        helperText={t('register.you.birth_why')}
        autoComplete="bday"
        slotProps={{ inputLabel: { shrink: true } }}
      />
    </>
  );
}

function ProviderFields() {
  const { t } = useTranslation('account');
  return (
    <>
      <Field name="hospital_code" label={t('register.you.hospital_code')} autoComplete="off" />
      <Field
        name="registration_number"
        required={false}
        label={t('register.you.number')}
        helperText={t('register.you.number_why')}
        autoComplete="off"
      />
    </>
  );
}
