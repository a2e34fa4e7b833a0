import Paper from '@mui/material/Paper';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { PersonField } from '@/access/PersonField';
import { Choice } from '@/patterns/choices';
import { Form, useCommandForm } from '@/patterns/form';
import { IdField, idIn } from '@/patterns/IdField';
import { Row } from '@/patterns/Row';
import type { Wanted } from './queries';
import { STATES } from './states';

interface Values {
  patient: string;
  grantee: string;
  state: string;
}

/** Whose consents to look for, given to whom, and how they stand. */
export function RegisterForm(props: { wanted: Wanted; search: (wanted: Wanted) => void }) {
  const { wanted, search } = props;
  const { t } = useTranslation('consent_register');
  const form = useCommandForm<Values, Values>({
    values: {
      patient: wanted.patient ?? '',
      grantee: wanted.grantee ?? '',
      state: wanted.state ?? '',
    },
    send: async (values) => values,
    done: ({ patient, grantee, state }): void => {
      const known = STATES.find((each) => each === state);
      search({
        ...(patient && { patient: idIn(patient) }),
        ...(grantee && { grantee: idIn(grantee) }),
        ...(known && { state: known }),
      });
    },
  });
  const clear = <Link to="/compliance/consents">{t('clear')}</Link>;
  return (
    <Paper sx={{ p: 2 }}>
      <Form of={form} submit={t('go')} more={clear}>
        <PersonField name="grantee" label={t('grantee_number')} required={false} />
        <Row>
          <IdField
            name="patient"
            label={t('patient_number')}
            helperText={t('patient_hint')}
            required={false}
          />
          <Choice
            name="state"
            label={t('state_label')}
            required={false}
            none={t('any')}
            options={STATES.map((state) => [state, t(`state.${state}`)] as const)}
          />
        </Row>
      </Form>
    </Paper>
  );
}
