import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Alternatives } from '@/patterns/Alternatives';
import { Loaded } from '@/patterns/Loaded';
import { scopesQuery } from './queries';

/** What a program may ask for: of the scopes that are served, and those that it has. */
export function ScopesField({ present = [] }: { present?: readonly string[] }) {
  const { t } = useTranslation('integrator');
  const scopes = useQuery(scopesQuery);
  return (
    <Loaded query={scopes} lines={2}>
      {(served) => (
        <Alternatives
          name="scopes"
          kind="some"
          label={t('scopes.label')}
          hint={t('scopes.hint')}
          options={[...new Set([...served, ...present])].map((scope) => ({
            value: scope,
            label: scope,
          }))}
        />
      )}
    </Loaded>
  );
}
