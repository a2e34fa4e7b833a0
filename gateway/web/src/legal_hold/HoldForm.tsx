import { useTranslation } from 'react-i18next';
import type { components } from '@/api/schema';
import { endHere, todayHere } from '@/i18n/here';
import { Choice, DayField } from '@/patterns/choices';
import { Form, useCommandForm } from '@/patterns/form';
import { Row } from '@/patterns/Row';

type Hold = components['schemas']['HoldIn'];

const BASES = ['litigation', 'investigation', 'complaint', 'authority-order'] as const;

/** Why nothing of a person may be erased, and until when. */
export function HoldForm(props: { send: (hold: Hold) => Promise<unknown>; done: () => void }) {
  const { t } = useTranslation('legal_hold');
  const form = useCommandForm<{ basis: string; until: string }, unknown>({
    values: { basis: '', until: '' },
    send: ({ basis, until }) => props.send({ basis, ...(until && { until: endHere(until) }) }),
    done: props.done,
  });
  return (
    <Form of={form} submit={t('hold.go')}>
      <Row>
        <Choice
          none=""
          name="basis"
          label={t('hold.basis')}
          helperText={t('hold.basis_hint')}
          options={BASES.map((basis) => [basis, t(`basis.${basis}`)] as const)}
        />
        <DayField
          name="until"
          label={t('hold.until')}
          helperText={t('hold.until_hint')}
          required={false}
          min={todayHere()}
        />
      </Row>
    </Form>
  );
}
