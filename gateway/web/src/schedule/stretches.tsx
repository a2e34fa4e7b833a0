import Button from '@mui/material/Button';
import Paper from '@mui/material/Paper';
import Stack from '@mui/material/Stack';
import { useFieldArray, useFormContext } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import type { components } from '@/api/schema';
import { Checks } from '@/patterns/choices';
import { Field } from '@/patterns/form';
import type { VisitType } from '@/visit_type/queries';
import type { Hours } from './queries';

/** A stretch of a day as a form has it: all text. */
export interface Stretch {
  opens: string;
  closes: string;
  slot_minutes: string;
  modes: string[];
  visit_types: string[];
}

const MODES = ['in_person', 'video', 'phone'] as const;
const FRESH: Stretch = {
  opens: '09:00',
  closes: '13:00',
  slot_minutes: '15',
  modes: [],
  visit_types: [],
};

export function stretchOf(hours: Hours): Stretch {
  return {
    opens: hours.opens.slice(0, 5),
    closes: hours.closes.slice(0, 5),
    slot_minutes: String(hours.slot_minutes),
    modes: [...hours.modes],
    visit_types: [...hours.visit_types],
  };
}

/** A stretch as the API takes it. */
export function hoursOf(stretch: Stretch) {
  return {
    opens: stretch.opens,
    closes: stretch.closes,
    slot_minutes: Number(stretch.slot_minutes),
    modes: stretch.modes as components['schemas']['VisitModeCode'][],
    visit_types: stretch.visit_types,
  };
}

/** The stretches of one day in a form: none means that nobody is received. */
export function Stretches(props: {
  name: string;
  /** Of which day, for who hears it read. */
  day: string;
  types: readonly VisitType[];
}) {
  const { name, day, types } = props;
  const { t } = useTranslation('schedule');
  const { control } = useFormContext();
  const { fields, append, remove } = useFieldArray({ control, name });
  const last = fields.at(-1) as Stretch | undefined;
  return (
    <Stack spacing={1.5} role="group" aria-label={day}>
      {fields.length === 0 && <em>{t('closed')}</em>}
      {fields.map((field, index) => (
        <Paper key={field.id} sx={{ p: 1.5 }}>
          <Stack spacing={1}>
            <Stack direction="row" sx={{ gap: 1, flexWrap: 'wrap', alignItems: 'center' }}>
              <Time name={`${name}.${index}.opens`} label={t('opens')} />
              <Time name={`${name}.${index}.closes`} label={t('closes')} />
              <Field
                name={`${name}.${index}.slot_minutes`}
                label={t('slot')}
                type="number"
                size="small"
                sx={{ width: '8.5rem' }}
                slotProps={{ htmlInput: { min: 5, max: 240 } }}
              />
              <Button
                color="error"
                aria-label={t('remove.of', { day, number: index + 1 })}
                onClick={() => remove(index)}
              >
                {t('remove.do')}
              </Button>
            </Stack>
            <details>
              <summary>{t('limits')}</summary>
              <Checks
                name={`${name}.${index}.modes`}
                label={t('modes')}
                options={MODES.map((mode) => [mode, t(`mode.${mode}`)] as const)}
              />
              {types.length > 0 && (
                <Checks
                  name={`${name}.${index}.visit_types`}
                  label={t('types')}
                  options={types.map((type) => [type.id, type.name] as const)}
                />
              )}
            </details>
          </Stack>
        </Paper>
      ))}
      <Button
        sx={{ alignSelf: 'flex-start' }}
        aria-label={t('add.of', { day })}
        onClick={() =>
          append(
            last === undefined
              ? FRESH
              : { ...FRESH, slot_minutes: last.slot_minutes, opens: '14:00', closes: '17:00' },
          )
        }
      >
        {t('add.do')}
      </Button>
    </Stack>
  );
}

function Time({ name, label }: { name: string; label: string }) {
  return (
    <Field
      name={name}
      label={label}
      type="time"
      size="small"
      sx={{ width: '8.5rem' }}
      slotProps={{ inputLabel: { shrink: true } }}
    />
  );
}
