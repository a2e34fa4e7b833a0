import Paper from '@mui/material/Paper';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Choice, DayField } from '@/patterns/choices';
import { Form, useCommandForm } from '@/patterns/form';
import { IdField, idIn } from '@/patterns/IdField';
import { Row } from '@/patterns/Row';
import { PersonField } from './PersonField';
import type { Wanted } from './queries';

interface Values {
  actor: string;
  subject: string;
  outcome: string;
  from: string;
  to: string;
}

/** Whose accesses to look for, to whose data, with which outcome and when. */
export function SearchForm(props: { wanted: Wanted; search: (wanted: Wanted) => void }) {
  const { wanted, search } = props;
  const { t } = useTranslation('access');
  const form = useCommandForm<Values, Values>({
    values: {
      actor: wanted.actor ?? '',
      subject: wanted.subject ?? '',
      outcome: outcomeOf(wanted.denied),
      from: wanted.from ?? '',
      to: wanted.to ?? '',
    },
    send: async (values) => values,
    done: ({ actor, subject, outcome, from, to }): void => {
      search({
        ...(actor && { actor: idIn(actor) }),
        ...(subject && { subject: idIn(subject) }),
        ...(outcome && { denied: outcome === 'refused' }),
        ...(from && { from }),
        ...(to && { to }),
      });
    },
  });
  const clear = <Link to="/compliance/accesses">{t('search.clear')}</Link>;
  return (
    <Paper sx={{ p: 2 }}>
      <Form of={form} submit={t('search.go')} more={clear}>
        <PersonField name="actor" label={t('search.actor')} required={false} />
        <Row>
          <IdField
            name="subject"
            label={t('search.subject')}
            helperText={t('search.subject_hint')}
            required={false}
          />
          <Choice
            name="outcome"
            label={t('search.outcome')}
            required={false}
            none={t('search.any')}
            options={[
              ['read', t('search.read')],
              ['refused', t('search.refused')],
            ]}
          />
        </Row>
        <Row>
          <DayField name="from" label={t('search.from')} required={false} />
          <DayField name="to" label={t('search.to')} required={false} />
        </Row>
      </Form>
    </Paper>
  );
}

function outcomeOf(denied: boolean | undefined): string {
  if (denied === undefined) return '';
  return denied ? 'refused' : 'read';
}
