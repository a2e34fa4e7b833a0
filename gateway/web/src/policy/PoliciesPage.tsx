import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { components } from '@/api/schema';
import { useWritten } from '@/i18n/written';
import { Loaded } from '@/patterns/Loaded';
import { Page } from '@/patterns/Page';
import { LinkButton } from '@/patterns/Press';
import { Select } from '@/patterns/Select';
import { PolicyText } from './PolicyText';
import { policiesQuery } from './queries';
import { speaksOf } from './speaks';

type Policies = components['schemas']['PoliciesOut'];

/** The policies as they are: what no policy permits is denied. */
export function PoliciesPage() {
  const { t } = useTranslation('policy');
  const policies = useQuery(policiesQuery);
  const test = <LinkButton to="/policies/test">{t('test.title')}</LinkButton>;
  return (
    <Page title={t('list.title')} actions={test}>
      <Typography>{t('list.text')}</Typography>
      <Loaded query={policies} lines={5}>
        {(all) => <Listed all={all} />}
      </Loaded>
    </Page>
  );
}

function Listed({ all }: { all: Policies }) {
  const { t } = useTranslation('policy');
  const written = useWritten();
  const [action, setAction] = useState('');
  const shown = action === '' ? all.items : all.items.filter((it) => speaksOf(it, action));
  return (
    <>
      <Select
        label={t('list.action')}
        value={action}
        options={[['', t('list.all')], ...all.actions.map((name) => [name, name] as const)]}
        choose={setAction}
      />
      <Typography role="status">
        {t('list.count', { count: shown.length, number: written.number(shown.length) })}
      </Typography>
      <Stack spacing={1}>
        {shown.map((policy) => (
          <PolicyText key={policy.id} policy={policy} />
        ))}
      </Stack>
      <Typography variant="body2" color="text.secondary" sx={{ overflowWrap: 'anywhere' }}>
        {t('list.set', { hash: all.policy_set })}
      </Typography>
    </>
  );
}
