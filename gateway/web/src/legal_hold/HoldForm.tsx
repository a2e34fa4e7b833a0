import { useTranslation } from 'react-i18next';
import type { components } from '@/api/schema';
import { endOf, today } from '@/i18n/days';
import { DayField, Pick, Row } from '@/patterns/choices';
import { Form, useCommandForm } from '@/patterns/form';

type Hold = components['schemas']['HoldIn'];

const BASES = ['litigation', 'investigation', 'complaint', 'authority-order'] as const;

/** Why nothing of a person may be erased, and until when. */
export function HoldForm(props: { send: (hold: Hold) => Promise<unknown>; done: () => void }) {
  const { t } = useTranslation('legal_hold');
  const form = useCommandForm<{ basis: string; until: string }, unknown>({
    values: { basis: '', until: '' },
    send: ({ basis, until }) => props.send({ basis, ...(until && { until: endOf(until) }) }),
    done: props.done,
  });
  return (
    <Form of={form} submit={t('hold.go')}>
      <Row>
        <Pick
          name="basis"
          label={t('hold.basis')}
          hint={t('hold.basis_hint')}
          options={BASES.map((basis) => ({ value: basis, label: t(`basis.${basis}`) }))}
        />
        <DayField
          name="until"
          label={t('hold.until')}
          hint={t('hold.until_hint')}
          required={false}
          min={today()}
        />
      </Row>
    </Form>
  );
}
