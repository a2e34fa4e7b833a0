import {
  mdiAccountCheckOutline,
  mdiAccountChildOutline,
  mdiAccountGroupOutline,
  mdiCalendarTodayOutline,
  mdiChartBar,
  mdiClipboardTextOutline,
  mdiDoctor,
  mdiDoorOpen,
  mdiEmailOutline,
  mdiKeyOutline,
  mdiScaleBalance,
} from '@mdi/js';
import Box from '@mui/material/Box';
import Paper from '@mui/material/Paper';
import { styled } from '@mui/material/styles';
import Typography from '@mui/material/Typography';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Role } from '@/app/me';
import { useRolesAt } from '@/app/roles';
import { applicationsQuery } from '@/application/queries';
import { Failure } from '@/patterns/Failure';
import { Icon } from '@/patterns/Icon';
import { Loaded } from '@/patterns/Loaded';
import { Tag } from '@/patterns/Note';
import { Page } from '@/patterns/Page';
import { landingRoute } from './pages';
import { hospitalQuery } from './queries';

/** A page of the hospital, its name in the words, and who is led to it. */
const LINKS = [
  ['/hospitals/$hospital/board', 'board', mdiCalendarTodayOutline, ['receptionist']],
  ['/hospitals/$hospital/doctors', 'doctors', mdiDoctor, ['administrator', 'receptionist']],
  ['/administration/guardians', 'guardians', mdiAccountChildOutline, ['receptionist']],
  ['/hospitals/$hospital/applications', 'applications', mdiAccountCheckOutline, ['administrator']],
  ['/hospitals/$hospital/staff', 'staff', mdiAccountGroupOutline, ['administrator']],
  ['/hospitals/$hospital/invitations', 'invitations', mdiEmailOutline, ['administrator']],
  ['/hospitals/$hospital/codes', 'codes', mdiKeyOutline, ['administrator']],
  ['/hospitals/$hospital/setup', 'setup', mdiDoorOpen, ['administrator']],
  ['/hospitals/$hospital/visit-types', 'visit-types', mdiClipboardTextOutline, ['administrator']],
  ['/hospitals/$hospital/policy', 'policy', mdiScaleBalance, ['administrator']],
  ['/hospitals/$hospital/figures', 'figures', mdiChartBar, ['administrator', 'receptionist']],
] as const satisfies readonly (readonly [string, string, string, readonly Role[]])[];

const Card = styled(Paper)(({ theme }) => ({
  position: 'relative',
  display: 'flex',
  gap: theme.spacing(1.5),
  padding: theme.spacing(2),
  height: '100%',
  '& > svg': { color: theme.palette.primary.main },
  '& a::after': { content: '""', position: 'absolute', inset: 0 },
  '& a:focus-visible': { outline: 'none' },
  '& a:focus-visible::after': { outline: `3px solid ${theme.palette.primary.main}` },
}));

/** A hospital for those who work there: where everything is. */
export function LandingPage() {
  const { t } = useTranslation('hospital');
  const { hospital } = landingRoute.useParams();
  const site = useQuery(hospitalQuery(hospital));
  const roles = useRolesAt(hospital);
  const links = LINKS.filter(([, , , who]) => who.some((role) => roles.includes(role)));
  return (
    <Page title={t('title')}>
      <Loaded query={site}>
        {({ name }) => (
          <>
            <Typography variant="h2">{name}</Typography>
            <Box
              component="ul"
              sx={{
                listStyle: 'none',
                m: 0,
                p: 0,
                display: 'grid',
                gap: 1.5,
                gridTemplateColumns: 'repeat(auto-fill, minmax(min(18rem, 100%), 1fr))',
              }}
            >
              {links.map(([to, what, icon]) => (
                <li key={to}>
                  <Card>
                    <Icon path={icon} />
                    <div>
                      <Typography variant="h3">
                        <Link to={to} params={{ hospital }}>
                          {t(`link.${what}.name`)}
                        </Link>
                      </Typography>
                      <Typography variant="body2" color="text.secondary">
                        {t(`link.${what}.about`)}
                      </Typography>
                      {what === 'applications' && <Waiting hospital={hospital} />}
                    </div>
                  </Card>
                </li>
              ))}
            </Box>
          </>
        )}
      </Loaded>
    </Page>
  );
}

/** How many apply and wait for an answer. */
function Waiting({ hospital }: { hospital: string }) {
  const { t } = useTranslation('hospital');
  const { data, error, hasNextPage } = useInfiniteQuery(applicationsQuery(hospital, 'open'));
  if (error !== null) return <Failure error={error} />;
  if (data === undefined || data.length === 0) return null;
  return (
    <Tag>
      {t('waiting', { count: data.length })}
      {hasNextPage && ' +'}
    </Tag>
  );
}
