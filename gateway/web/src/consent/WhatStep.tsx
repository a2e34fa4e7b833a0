import { useTranslation } from 'react-i18next';
import type { components } from '@/api/schema';
import { Choices, Pick } from '@/patterns/choices';
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
      <Choices
        name="types"
        kind="some"
        label={t('fact.types')}
        hint={t('what.types_hint')}
        options={TYPES.map((type) => ({ value: type, label: t(`type.${type}`) }))}
      />
      <Choices
        name="mode"
        kind="one"
        label={t('fact.mode')}
        options={(['view', 'store'] as const).map((mode) => ({
          value: mode,
          label: t(`mode.${mode}`),
          note: t(`what.${mode}_note`),
        }))}
      />
      <Pick
        name="purpose"
        label={t('fact.purpose')}
        hint={t('what.purpose_hint')}
        options={PURPOSES.map((purpose) => ({ value: purpose, label: t(`purpose.${purpose}`) }))}
      />
    </Form>
  );
}
