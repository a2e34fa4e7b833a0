import Button from '@mui/material/Button';
import Paper from '@mui/material/Paper';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answered, api } from '@/api/client';
import type { Role } from '@/app/me';
import { endOf, plusDays, today } from '@/i18n/days';
import { Choice, DayField } from '@/patterns/choices';
import { Field, Form, useCommandForm } from '@/patterns/form';
import { useHeld } from '@/patterns/held';
import { Note } from '@/patterns/Note';
import type { HospitalCode } from './queries';

const ROLES: readonly Role[] = ['doctor', 'nurse', 'receptionist', 'pharmacist', 'billing'];
/** For how many days a code works at most; a day less, since it ends when a day does. */
const LONGEST = 89;

interface Props {
  readonly hospital: string;
  readonly zone: string;
  readonly close: () => void;
}

/** Issues a code, and shows it: it is kept nowhere. */
export function IssueForm({ hospital, zone, close }: Props) {
  const { t } = useTranslation(['hospital_code', 'app']);
  const [code, setCode] = useState<string>();
  const now = today(zone);
  const form = useCommandForm({
    values: { role: 'doctor', most_uses: '1', expires_at: plusDays(now, 14) },
    send: (values) =>
      answered(
        api.POST('/v1/hospitals/{id}/codes', {
          params: { path: { id: hospital } },
          body: {
            role: values.role as Role,
            most_uses: Number(values.most_uses),
            expires_at: endOf(values.expires_at, zone),
          },
        }),
      ),
    done: (issued) => setCode(issued.code),
  });
  if (code !== undefined) return <Shown code={code} close={close} />;
  return (
    <Form of={form} submit={t('issue.do')}>
      <p>{t('issue.text')}</p>
      <Choice
        name="role"
        label={t('role')}
        options={ROLES.map((role) => [role, t(`app:roles.${role}`)] as const)}
      />
      <Field
        name="most_uses"
        label={t('most')}
        helperText={t('issue.most')}
        type="number"
        slotProps={{ htmlInput: { min: 1, max: 1000 } }}
      />
      <Until now={now} />
    </Form>
  );
}

/** Puts another code in a code's place, and shows it. */
export function RotateForm({ hospital, zone, close, of }: Props & { of: HospitalCode }) {
  const { t } = useTranslation('hospital_code');
  const [code, setCode] = useState<string>();
  const now = today(zone);
  const form = useCommandForm({
    values: { expires_at: plusDays(now, 14) },
    send: (values) =>
      answered(
        api.POST('/v1/hospitals/{id}/codes/{code}/rotate', {
          params: { path: { id: hospital, code: of.id } },
          body: { expires_at: endOf(values.expires_at, zone) },
        }),
      ),
    done: (issued) => setCode(issued.code),
  });
  if (code !== undefined) return <Shown code={code} close={close} />;
  return (
    <Form of={form} submit={t('rotate.do')}>
      <p>{t('rotate.text')}</p>
      <Until now={now} />
    </Form>
  );
}

function Until({ now }: { now: string }) {
  const { t } = useTranslation('hospital_code');
  return (
    <DayField
      name="expires_at"
      label={t('until')}
      helperText={t('longest')}
      min={now}
      max={plusDays(now, LONGEST)}
    />
  );
}

/** A new code, this once, and a way to take it along. It stays until its reader says so. */
function Shown({ code, close }: { code: string; close: () => void }) {
  const { t } = useTranslation('hospital_code');
  const [copied, setCopied] = useState(false);
  useHeld(true);
  const copy = () =>
    void navigator.clipboard.writeText(code).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  return (
    <Stack spacing={2}>
      <Note tone="warning" role="status">
        {t('shown.text')}
      </Note>
      <Paper sx={{ p: 2, textAlign: 'center' }}>
        <Typography component="output" sx={{ fontFamily: 'monospace', fontSize: '1.5rem' }}>
          {code}
        </Typography>
      </Paper>
      <Stack direction="row" sx={{ gap: 1, flexWrap: 'wrap', alignItems: 'center' }}>
        <Button variant="contained" onClick={copy}>
          {t('shown.copy')}
        </Button>
        <Button onClick={close}>{t('shown.close')}</Button>
        <span role="status">{copied && t('shown.copied')}</span>
      </Stack>
    </Stack>
  );
}
