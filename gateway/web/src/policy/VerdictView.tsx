import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { useTranslation } from 'react-i18next';
import { Facts } from '@/patterns/Facts';
import { Note } from '@/patterns/Note';
import { PolicyText } from './PolicyText';
import type { Policy, Verdict } from './queries';

/** What the policies say, and which of them. */
export function VerdictView({ verdict }: { verdict: Verdict }) {
  const { t } = useTranslation(['policy', 'app']);
  const yesNo = (yes: boolean) => t(yes ? 'verdict.yes' : 'verdict.no');
  const roles = verdict.roles.map((role) => t(`app:roles.${role}`)).join(', ');
  const grounds = verdict.not_looked_at.map((ground) =>
    t(`ground.${ground}` as never, { defaultValue: ground }),
  );
  return (
    <Stack spacing={2}>
      <Note tone={verdict.allowed ? 'success' : 'error'}>
        <strong>{t(verdict.allowed ? 'verdict.allowed' : 'verdict.denied')}</strong>
        {!verdict.allowed && verdict.hidden && <p>{t('verdict.hidden')}</p>}
        {verdict.disabled && <p>{t('verdict.disabled')}</p>}
      </Note>
      <Facts
        of={[
          [t('verdict.roles'), roles || t('verdict.no_roles')],
          [t('verdict.permitted'), yesNo(verdict.permitted)],
          [t('verdict.not_looked_at'), grounds.join(', ')],
        ]}
      />
      <Policies title={t('verdict.decided_by')} of={verdict.decided_by} />
      <Policies title={t('verdict.forbidden_by')} of={verdict.forbidden_by} />
      {!verdict.allowed && verdict.forbidden_by.length === 0 && (
        <Typography>{t('verdict.nothing')}</Typography>
      )}
    </Stack>
  );
}

function Policies({ title, of }: { title: string; of: readonly Policy[] }) {
  if (of.length === 0) return null;
  return (
    <Stack component="section" spacing={1}>
      <Typography variant="h2">{title}</Typography>
      {of.map((policy) => (
        <PolicyText key={policy.id} policy={policy} open />
      ))}
    </Stack>
  );
}
