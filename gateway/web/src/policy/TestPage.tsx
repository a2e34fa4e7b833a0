import Paper from '@mui/material/Paper';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { PersonField } from '@/access/PersonField';
import { answered, api } from '@/api/client';
import type { components } from '@/api/schema';
import type { Role } from '@/app/me';
import appWords from '@/app/words/en.json';
import { hospitalsQuery } from '@/hospital/queries';
import { Choice } from '@/patterns/choices';
import { Field, Form, useCommandForm } from '@/patterns/form';
import { idIn } from '@/patterns/IdField';
import { Loaded } from '@/patterns/Loaded';
import { Page } from '@/patterns/Page';
import { Row } from '@/patterns/Row';
import { KINDS, policiesQuery, type Verdict } from './queries';
import { VerdictView } from './VerdictView';

interface Values {
  person: string;
  action: string;
  resource: { kind: string; subject: string; doctor: string; hospital: string; role: string };
}

const ROLES = Object.keys(appWords.roles) as Role[];

/** May this person do this, and why? */
export function TestPage() {
  const { t } = useTranslation(['policy', 'app']);
  const policies = useQuery(policiesQuery);
  const hospitals = useQuery(hospitalsQuery());
  const form = useCommandForm<Values, Verdict>({
    values: {
      person: '',
      action: '',
      resource: { kind: '', subject: '', doctor: '', hospital: '', role: '' },
    },
    send: (values) => answered(api.POST('/v1/policies/test', { body: asked(values) })),
  });
  return (
    <Page title={t('test.title')}>
      <Typography>{t('test.text')}</Typography>
      <Loaded query={policies} lines={5}>
        {({ actions }) => (
          <Paper sx={{ p: 2 }}>
            <Form of={form} submit={t('test.go')}>
              <PersonField name="person" label={t('test.person')} />
              <Row>
                <Choice
                  none=""
                  name="action"
                  label={t('test.action')}
                  options={actions.map(itself)}
                />
                <Choice
                  none=""
                  name="resource.kind"
                  label={t('test.kind')}
                  helperText={t('test.kind_hint')}
                  options={KINDS.map(itself)}
                />
              </Row>
              <Row>
                <Choice
                  none=""
                  name="resource.hospital"
                  label={t('test.hospital')}
                  helperText={t('test.hospital_hint')}
                  required={false}
                  options={(hospitals.data ?? []).map(({ id, name }) => [id, name] as const)}
                />
                <Choice
                  none=""
                  name="resource.role"
                  label={t('test.role')}
                  helperText={t('test.role_hint')}
                  required={false}
                  options={ROLES.map((role) => [role, t(`app:roles.${role}`)] as const)}
                />
              </Row>
              <Row>
                <Field
                  name="resource.subject"
                  label={t('test.subject')}
                  helperText={t('test.subject_hint')}
                  required={false}
                  autoComplete="off"
                />
                <Field
                  name="resource.doctor"
                  label={t('test.doctor')}
                  helperText={t('test.doctor_hint')}
                  required={false}
                  autoComplete="off"
                />
              </Row>
            </Form>
          </Paper>
        )}
      </Loaded>
      <div role="status">{form.command.data && <VerdictView verdict={form.command.data} />}</div>
    </Page>
  );
}

function itself(name: string) {
  return [name, name] as const;
}

/** What is asked, without what was left empty. */
function asked({ person, action, resource }: Values): components['schemas']['PolicyTestIn'] {
  const given = Object.entries(resource)
    .map(([name, value]) => [name, value.trim()] as const)
    .filter(([, value]) => value !== '');
  return {
    person: idIn(person),
    action,
    resource: { ...Object.fromEntries(given), kind: resource.kind },
  };
}
