import { useTranslation } from 'react-i18next';
import { answered, api } from '@/api/client';
import { say } from '@/app/say';
import { LANGUAGES, type Language } from '@/i18n/languages';
import { Choice } from '@/patterns/choices';
import { Field, Form, useCommandForm } from '@/patterns/form';

/** The zone of most hospitals. */
const USUAL = 'Asia/Kolkata';
/** The zones that a browser knows, the usual one first: some call it by the name that it had. */
const ZONES = new Set([
  USUAL,
  ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'Asia/Calcutta'),
]);

/** Registers a hospital, and invites who is to run it. */
export function RegisterForm({ close }: { close: () => void }) {
  const { t, i18n } = useTranslation('hospital');
  const form = useCommandForm({
    values: {
      name: '',
      time_zone: USUAL,
      manager: { email: '', language: i18n.language as Language },
    },
    send: (body) => answered(api.POST('/v1/hospitals', { body })),
    done: (_, { name, manager }) => {
      say({ text: t('network.register.done', { name, email: manager.email }) });
      close();
    },
  });
  return (
    <Form of={form} submit={t('network.register.do')}>
      <p>{t('network.register.text')}</p>
      <Field name="name" label={t('network.name')} helperText={t('network.register.read')} />
      <Field
        name="time_zone"
        label={t('network.zone')}
        helperText={t('network.register.clock')}
        slotProps={{ htmlInput: { list: 'zones' } }}
      />
      <datalist id="zones">
        {[...ZONES].map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
      <Field
        name="manager.email"
        type="email"
        label={t('network.register.email')}
        helperText={t('network.register.invited')}
        autoComplete="off"
      />
      <Choice
        name="manager.language"
        label={t('network.register.language')}
        options={Object.entries(LANGUAGES)}
      />
    </Form>
  );
}
