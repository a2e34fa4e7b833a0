import { useTranslation } from 'react-i18next';
import type { components } from '@/api/schema';
import { Choice } from '@/patterns/choices';
import { Form, useCommandForm } from '@/patterns/form';
import { Note } from '@/patterns/Note';

type Release = components['schemas']['ReleaseIn'];

const REASONS = ['case-closed', 'placed-in-error', 'order-lifted'] as const;

/** Why a person's data may be erased again. */
export function ReleaseForm(props: {
  send: (release: Release) => Promise<unknown>;
  done: () => void;
}) {
  const { t } = useTranslation('legal_hold');
  const form = useCommandForm<Release, unknown>({
    values: { reason: '' },
    send: props.send,
    done: props.done,
  });
  return (
    <Form of={form} submit={t('release.go')} color="error">
      <Note tone="warning">{t('release.text')}</Note>
      <Choice
        none=""
        name="reason"
        label={t('release.reason')}
        helperText={t('release.reason_hint')}
        options={REASONS.map((reason) => [reason, t(`reason.${reason}`)] as const)}
      />
    </Form>
  );
}
