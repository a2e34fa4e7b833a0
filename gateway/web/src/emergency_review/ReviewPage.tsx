import Paper from '@mui/material/Paper';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '@/api/client';
import { asSeen } from '@/api/seen';
import { saying } from '@/app/say';
import { dayHere } from '@/i18n/here';
import { Alternatives } from '@/patterns/Alternatives';
import { Field, Form, useCommandForm } from '@/patterns/form';
import { Loaded } from '@/patterns/Loaded';
import { Note } from '@/patterns/Note';
import { Page } from '@/patterns/Page';
import { useAccess } from '@/session/store';
import { EmergencyFacts } from './EmergencyFacts';
import { reviewRoute } from './pages';
import { type EmergencyAccess, emergencyQuery } from './queries';

/** For a compliance officer: what happened, what was read, and whether it was justified. */
export function ReviewPage() {
  const { t } = useTranslation('emergency_review');
  const { id } = reviewRoute.useParams();
  const access = useQuery(emergencyQuery(id));
  return (
    <Page title={t('one.title')}>
      <Loaded query={access} lines={5}>
        {(it) => (
          <Stack spacing={2.5}>
            <Paper sx={{ p: 2 }}>
              <EmergencyFacts
                access={it}
                more={[
                  [t('fact.patient'), it.patient],
                  [t('fact.clinician'), it.clinician],
                ]}
              />
            </Paper>
            <Timelines of={it} />
            <Review of={it} />
          </Stack>
        )}
      </Loaded>
    </Page>
  );
}

/** What was read meanwhile, and what else the two have to do with each other. */
function Timelines({ of }: { of: EmergencyAccess }) {
  const { t } = useTranslation('emergency_review');
  const from = dayHere(of.opened_at);
  const to = dayHere(of.until);
  const { clinician, patient } = of;
  return (
    <Stack component="section" spacing={1}>
      <Typography variant="h2">{t('one.read')}</Typography>
      <Link to="/compliance/accesses" search={{ actor: clinician, subject: patient, from, to }}>
        {t('one.both')}
      </Link>
      <Link to="/compliance/accesses" search={{ subject: patient }}>
        {t('one.patient')}
      </Link>
      <Link to="/compliance/accesses" search={{ actor: clinician }}>
        {t('one.clinician')}
      </Link>
    </Stack>
  );
}

function Review({ of }: { of: EmergencyAccess }) {
  const { t } = useTranslation('emergency_review');
  const { person } = useAccess();
  if (of.state === 'reviewed') return null;
  if (of.state === 'open') return <Note tone="info">{t('one.open')}</Note>;
  if (of.clinician === person || of.patient === person) {
    return <Note tone="info">{t('one.own')}</Note>;
  }
  return <ReviewForm of={of} />;
}

function ReviewForm({ of }: { of: EmergencyAccess }) {
  const { t } = useTranslation('emergency_review');
  const form = useCommandForm<{ justified: string; remark: string }, unknown>({
    values: { justified: '', remark: '' },
    send: ({ justified, remark }) =>
      api.POST('/v1/emergency-accesses/{id}/review', {
        params: { path: { id: of.id }, header: asSeen(of.version) },
        body: { justified: justified === 'yes', remark },
      }),
    done: saying(t('review.done')),
  });
  return (
    <Stack component="section" spacing={2}>
      <Typography variant="h2">{t('review.title')}</Typography>
      <Form of={form} submit={t('review.go')}>
        <Alternatives
          name="justified"
          kind="one"
          label={t('review.verdict')}
          options={[
            { value: 'yes', label: t('justified') },
            { value: 'no', label: t('unjustified') },
          ]}
        />
        <Field
          name="remark"
          label={t('review.remark')}
          helperText={t('review.remark_hint')}
          multiline
          minRows={3}
          slotProps={{ htmlInput: { maxLength: 2000 } }}
        />
      </Form>
    </Stack>
  );
}
