import Paper from '@mui/material/Paper';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { meQuery } from '@/app/roles';
import { hospitalsQuery } from '@/hospital/queries';
import { useWritten } from '@/i18n/written';
import { Facts } from '@/patterns/Facts';
import { Loaded } from '@/patterns/Loaded';
import { Page } from '@/patterns/Page';
import { useAccess } from '@/session/store';
import { answersFor } from './answers';
import { Manage } from './Manage';
import { integratorRoute } from './pages';
import { type Integrator, integratorQuery } from './queries';
import { StateTag } from './StateTag';

/** One program: what it may, with which keys, for which hospitals, and what can be done about it. */
export function IntegratorPage() {
  const { t } = useTranslation('integrator');
  const { id } = integratorRoute.useParams();
  const integrator = useQuery(integratorQuery(id));
  const me = useQuery(meQuery(useAccess().person)).data;
  return (
    <Page title={t('one.title')}>
      <Loaded query={integrator} lines={4}>
        {(it) => (
          <Stack spacing={3}>
            <Paper sx={{ p: 2 }}>
              <Known of={it} />
            </Paper>
            <Typography color="text.secondary">{t('one.consents')}</Typography>
            {me && answersFor(me, it.hospitals) && <Manage key={it.version} integrator={it} />}
          </Stack>
        )}
      </Loaded>
    </Page>
  );
}

function Known({ of }: { of: Integrator }) {
  const { t } = useTranslation('integrator');
  const written = useWritten();
  const all = useQuery(hospitalsQuery()).data ?? [];
  const hospitals = of.hospitals.map((id) => all.find((one) => one.id === id)?.name ?? id);
  return (
    <Facts
      of={[
        [t('fact.name'), of.name],
        [t('fact.state'), <StateTag key="state" of={of} />],
        [t('fact.client'), <code key="client">{of.id}</code>],
        [t('fact.token'), <code key="token">{`${location.origin}/oauth2/token`}</code>],
        [t('fact.scopes'), of.scopes.join(', ')],
        [t('fact.keys'), of.keys.map(({ kid, alg }) => `${kid} (${alg})`).join(', ')],
        [t('fact.hospitals'), hospitals.length > 0 ? hospitals.join(', ') : t('fact.all')],
        [t('fact.registered'), written.day(of.registered_at)],
        [t('fact.expires'), of.expires_at && written.day(of.expires_at)],
        [t('fact.disabled'), of.disabled_at && written.moment(of.disabled_at)],
      ]}
    />
  );
}
