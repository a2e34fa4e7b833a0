import Paper from '@mui/material/Paper';
import Typography from '@mui/material/Typography';
import { useTranslation } from 'react-i18next';
import { api } from '@/api/client';
import type { components } from '@/api/schema';
import { asSeen } from '@/api/seen';
import { beginHere, dayHere, earlier, endHere, later } from '@/i18n/here';
import { Alternatives } from '@/patterns/Alternatives';
import { Choice, DayField } from '@/patterns/choices';
import { Field, Form, useCommandForm } from '@/patterns/form';
import { Row } from '@/patterns/Row';
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
/** More uses than this no consent counts. */
const MOST = 1000;

/** Gives less than was asked for: fewer kinds, a shorter period, an earlier end, less often. */
export function NarrowForm({ consent, done }: { consent: Consent; done: () => void }) {
  const { t } = useTranslation(['consent', 'patterns']);
  const asked = consent.frequency;
  const most = asked?.repeats ?? MOST;
  const form = useCommandForm<Values, unknown>({
    values: {
      types: [...consent.types],
      from: dayHere(consent.from),
      to: dayHere(consent.to),
      expires_at: dayHere(consent.expires_at),
      repeats: asked ? String(asked.repeats) : '',
      unit: '',
    },
    send: (values) =>
      api.POST('/v1/consents/{id}/grant', {
        params: { path: { id: consent.id }, header: asSeen(consent.version) },
        body: lessThan(consent, values),
      }),
    done,
  });
  // Half a limit would be none, and is asked for.
  const counted = (repeats: string) => {
    const missing = repeats === '';
    if (missing && form.form.getValues('unit')) return t('patterns:field.required');
    return missing || isCount(repeats, most) ? undefined : t('less.count', { most });
  };
  const stretched = (unit: string) =>
    unit === '' && form.form.getValues('repeats') !== '' ? t('patterns:field.choose') : undefined;
  const period = { min: dayHere(consent.from), max: dayHere(consent.to) };
  return (
    <Paper sx={{ p: 2 }}>
      <Form of={form} submit={t('less.go')}>
        <Typography>{t('less.text')}</Typography>
        <Alternatives
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
          helperText={t('terms.until_hint')}
          max={dayHere(consent.expires_at)}
        />
        <Row>
          <Field
            name="repeats"
            label={t('less.repeats')}
            helperText={t('less.repeats_hint')}
            required={false}
            check={counted}
            slotProps={{ htmlInput: { inputMode: 'numeric' } }}
          />
          {asked === undefined && (
            <Choice
              name="unit"
              label={t('less.unit')}
              required={false}
              check={stretched}
              none={t('often.at_will')}
              options={UNITS.map((unit) => [unit, t(`unit.${unit}`)] as const)}
            />
          )}
        </Row>
      </Form>
    </Paper>
  );
}

/** Whether it is a whole number, of one at least. */
function isCount(text: string, most: number): boolean {
  return /^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= most;
}

/** What the patient chose, never more than was asked for: days are wider than instants. */
function lessThan(asked: Consent, values: Values): Answer {
  const limited = asked.frequency ?? (values.unit && { unit: values.unit, value: 1 });
  const expires = earlier(endHere(values.expires_at), asked.expires_at);
  return {
    types: values.types,
    from: later(beginHere(values.from), asked.from),
    to: earlier(earlier(endHere(values.to), asked.to), expires),
    expires_at: expires,
    ...(limited &&
      values.repeats !== '' && { frequency: { ...limited, repeats: Number(values.repeats) } }),
  };
}
