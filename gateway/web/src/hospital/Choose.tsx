import Stack from '@mui/material/Stack';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Lead } from '@/app/Lead';
import type { Role } from '@/app/me';
import { usePosts } from '@/app/roles';
import { Empty } from '@/patterns/Empty';
import { Loaded } from '@/patterns/Loaded';
import { Page } from '@/patterns/Page';
import { LinkButton } from '@/patterns/Press';
import { hospitalQuery } from './queries';

type To = '/hospitals/$hospital' | '/hospitals/$hospital/board';

/** Leads to the hospital where somebody works; who works at several chooses. */
function Choose({ roles, to }: { roles: readonly Role[]; to: To }) {
  const { t } = useTranslation('hospital');
  const posts = usePosts();
  return (
    <Loaded query={posts}>
      {(all) => {
        const fit = all.filter(({ role }) => roles.includes(role)).map((post) => post.hospital);
        const hospitals = [...new Set(fit)];
        const [only] = hospitals;
        if (hospitals.length === 1 && only !== undefined) {
          return <Lead to={to} params={{ hospital: only }} />;
        }
        return (
          <Page title={t('choose.title')}>
            {hospitals.length === 0 ? (
              <Empty>{t('choose.none')}</Empty>
            ) : (
              <Stack spacing={1} sx={{ alignItems: 'flex-start' }}>
                {hospitals.map((hospital) => (
                  <Named key={hospital} hospital={hospital} to={to} />
                ))}
              </Stack>
            )}
          </Page>
        );
      }}
    </Loaded>
  );
}

function Named({ hospital, to }: { hospital: string; to: To }) {
  const found = useQuery(hospitalQuery(hospital));
  return (
    <LinkButton to={to} params={{ hospital }}>
      {found.data?.name ?? '…'}
    </LinkButton>
  );
}

/** `/hospital`: the page of the hospital that somebody runs or works at. */
export function ChooseHospital() {
  return (
    <Choose
      roles={['administrator', 'receptionist', 'department-head', 'nurse', 'doctor']}
      to="/hospitals/$hospital"
    />
  );
}

/** `/board`: the day of the hospital at whose front desk somebody works. */
export function ChooseBoard() {
  return <Choose roles={['receptionist']} to="/hospitals/$hospital/board" />;
}
