import { useTranslation } from 'react-i18next';
import { todayHere } from '@/i18n/here';
import { DayField } from '@/patterns/choices';
import { Form, useCommandForm } from '@/patterns/form';
import { Row } from '@/patterns/Row';
import { LONGEST } from './queries';

/** Of which time the records are, and until when they may be seen; days. */
export interface Period {
  from: string;
  to: string;
  expires_at: string;
}

/** From when the records are, and until when they may be seen. */
export function WhenStep({ from, done }: { from: Period; done: (chosen: Period) => void }) {
  const { t } = useTranslation('consent');
  const form = useCommandForm<Period, Period>({
    values: from,
    send: async (chosen) => chosen,
    done,
  });
  const latest = todayHere(LONGEST - 1);
  return (
    <Form of={form} submit={t('give.next')}>
      <DayField
        name="expires_at"
        label={t('terms.until')}
        helperText={t('terms.longest')}
        min={todayHere()}
        max={latest}
      />
      <Row>
        <DayField name="from" label={t('terms.from')} helperText={t('terms.from_hint')} />
        <DayField name="to" label={t('terms.to')} helperText={t('terms.to_hint')} max={latest} />
      </Row>
    </Form>
  );
}
