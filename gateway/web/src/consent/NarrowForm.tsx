import Paper from '@mui/material/Paper';
import Typography from '@mui/material/Typography';
import { useTranslation } from 'react-i18next';
import { api } from '@/api/client';
import type { components } from '@/api/schema';
import { seen } from '@/api/seen';
import { beginOf, dayOf, earlier, endOf, later } from '@/i18n/days';
import { Choices, DayField, Pick, Row } from '@/patterns/choices';
import { Field, Form, useCommandForm } from '@/patterns/form';
import type { Consent, HealthInformation } from './queries';

type Answer = components['schemas']['ConsentAnswerIn'];
type Unit = components['schemas']['FrequencyUnitCode'];

interface Values {
  types: HealthInformation[];
  from: string;
  to: string;
  expires_at: string;
  repeats: string;
  unit: Unit | '';
}

const UNITS = ['hour', 'day', 'week', 'month'] as const;

/** Gives less than was asked for: fewer kinds, a shorter period, an earlier end, less often. */
export function NarrowForm({ consent, done }: { consent: Consent; done: () => void }) {
  const { t } = useTranslation('consent');
  const asked = consent.frequency;
  const form = useCommandForm<Values, unknown>({
    values: {
      types: [...consent.types],
      from: dayOf(consent.from),
      to: dayOf(consent.to),
      expires_at: dayOf(consent.expires_at),
      repeats: asked ? String(asked.repeats) : '',
      unit: '',
    },
    send: (values) =>
      api.POST('/v1/consents/{id}/grant', {
        params: { path: { id: consent.id }, header: seen(consent.version) },
        body: lessThan(consent, values),
      }),
    done,
  });
  const period = { min: dayOf(consent.from), max: dayOf(consent.to) };
  return (
    <Paper sx={{ p: 2 }}>
      <Form of={form} submit={t('less.go')}>
        <Typography>{t('less.text')}</Typography>
        <Choices
          name="types"
          kind="some"
          label={t('fact.types')}
          options={consent.types.map((type) => ({ value: type, label: t(`type.${type}`) }))}
        />
        <Row>
          <DayField name="from" label={t('terms.from')} {...period} />
          <DayField name="to" label={t('terms.to')} {...period} />
        </Row>
        <DayField
          name="expires_at"
          label={t('terms.until')}
          hint={t('terms.until_hint')}
          max={dayOf(consent.expires_at)}
        />
        <Row>
          <Field
            name="repeats"
            label={t('less.repeats')}
            helperText={t('less.repeats_hint')}
            type="number"
            required={false}
            slotProps={{ htmlInput: { min: 1, max: asked?.repeats ?? 1000 } }}
          />
          {asked === undefined && (
            <Pick
              name="unit"
              label={t('less.unit')}
              required={false}
              none={t('often.at_will')}
              options={UNITS.map((unit) => ({ value: unit, label: t(`unit.${unit}`) }))}
            />
          )}
        </Row>
      </Form>
    </Paper>
  );
}

/** What the patient chose, never more than was asked for: days are wider than instants. */
function lessThan(asked: Consent, values: Values): Answer {
  const repeats = Number(values.repeats);
  const limited = asked.frequency ?? (values.unit && { unit: values.unit, value: 1 });
  const expires = earlier(endOf(values.expires_at), asked.expires_at);
  return {
    types: values.types,
    from: later(beginOf(values.from), asked.from),
    to: earlier(earlier(endOf(values.to), asked.to), expires),
    expires_at: expires,
    ...(limited && repeats > 0 && { frequency: { ...limited, repeats } }),
  };
}
