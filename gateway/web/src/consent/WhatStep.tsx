import { useTranslation } from 'react-i18next';
import type { components } from '@/api/schema';
import { Alternatives } from '@/patterns/Alternatives';
import { Choice } from '@/patterns/choices';
import { Form, useCommandForm } from '@/patterns/form';
import { type HealthInformation, PURPOSES, TYPES } from './queries';

/** Of what a consent is, for what, and what may be done with it. */
export interface Matter {
  types: HealthInformation[];
  purpose: components['schemas']['ConsentPurposeCode'];
  mode: components['schemas']['ConsentModeCode'];
}

/** Of what a consent is. */
export function WhatStep({ from, done }: { from: Matter; done: (chosen: Matter) => void }) {
  const { t } = useTranslation('consent');
  const form = useCommandForm<Matter, Matter>({
    values: from,
    send: async (chosen) => chosen,
    done,
  });
  return (
    <Form of={form} submit={t('give.next')}>
      <Alternatives
        name="types"
        kind="some"
        label={t('fact.types')}
        hint={t('what.types_hint')}
        options={TYPES.map((type) => ({ value: type, label: t(`type.${type}`) }))}
      />
      <Alternatives
        name="mode"
        kind="one"
        label={t('fact.mode')}
        options={(['view', 'store'] as const).map((mode) => ({
          value: mode,
          label: t(`mode.${mode}`),
          note: t(`what.${mode}_note`),
        }))}
      />
      <Choice
        none=""
        name="purpose"
        label={t('fact.purpose')}
        helperText={t('what.purpose_hint')}
        options={PURPOSES.map((purpose) => [purpose, t(`purpose.${purpose}`)] as const)}
      />
    </Form>
  );
}
