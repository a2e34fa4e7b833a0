import Paper from '@mui/material/Paper';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { answered, api } from '@/api/client';
import type { Me } from '@/app/me';
import { meQuery } from '@/app/roles';
import { say } from '@/app/say';
import { hospitalsQuery } from '@/hospital/queries';
import { endHere, todayHere } from '@/i18n/here';
import { Alternatives } from '@/patterns/Alternatives';
import { DayField } from '@/patterns/choices';
import { Field, Form, useCommandForm } from '@/patterns/form';
import { Loaded } from '@/patterns/Loaded';
import { Page } from '@/patterns/Page';
import { useAccess } from '@/session/store';
import { answersFor } from './answers';
import { KeysField } from './KeysField';
import { readKeys } from './keys';
import { ScopesField } from './ScopesField';

interface Values {
  name: string;
  scopes: string[];
  keys: string;
  hospitals: string[];
  expires_at: string;
}

/** Lets a program of another organisation in. */
export function RegisterPage() {
  const { t } = useTranslation('integrator');
  const navigate = useNavigate();
  const form = useCommandForm<Values, { id: string }>({
    values: { name: '', scopes: [], keys: '', hospitals: [], expires_at: '' },
    send: ({ keys, expires_at, ...values }) => {
      const read = readKeys(keys);
      return answered(
        api.POST('/v1/integrators', {
          body: {
            ...values,
            keys: typeof read === 'string' ? [] : [...read],
            ...(expires_at && { expires_at: endHere(expires_at) }),
          },
        }),
      );
    },
    done: ({ id }) => {
      say({ text: t('register.done') });
      void navigate({ to: '/administration/integrators/$id', params: { id }, replace: true });
    },
  });
  return (
    <Page title={t('register.title')}>
      <Typography>{t('register.text')}</Typography>
      <Paper sx={{ p: 2 }}>
        <Form of={form} submit={t('register.go')}>
          <Field
            name="name"
            label={t('fact.name')}
            helperText={t('register.name_hint')}
            slotProps={{ htmlInput: { maxLength: 200 } }}
          />
          <ScopesField />
          <KeysField />
          <Hospitals />
          <DayField
            name="expires_at"
            label={t('register.until')}
            helperText={t('register.until_hint')}
            required={false}
            min={todayHere()}
          />
        </Form>
      </Paper>
    </Page>
  );
}

/** For which hospitals: of those for which one answers. */
function Hospitals() {
  const me = useQuery(meQuery(useAccess().person));
  return (
    <Loaded query={me} lines={1}>
      {(who) => <Offered to={who} />}
    </Loaded>
  );
}

function Offered({ to }: { to: Me }) {
  const { t } = useTranslation('integrator');
  const hospitals = useQuery(hospitalsQuery());
  const wholeNetwork = answersFor(to, []);
  return (
    <Loaded query={hospitals} lines={1}>
      {(all) => (
        <Alternatives
          name="hospitals"
          kind="some"
          label={t('fact.hospitals')}
          required={!wholeNetwork}
          hint={t(wholeNetwork ? 'register.all_hint' : 'register.own_hint')}
          options={all
            .filter(({ id }) => answersFor(to, [id]))
            .map(({ id, name }) => ({ value: id, label: name }))}
        />
      )}
    </Loaded>
  );
}
