import { mdiBellOutline } from '@mdi/js';
import { styled } from '@mui/material/styles';
import { Link, Outlet } from '@tanstack/react-router';
import { useStore } from '@tanstack/react-store';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '@/patterns/Icon';
import { asked } from '@/session/proof';
import { SessionEnd } from '@/session/SessionEnd';
import { Banners } from './Banners';
import { Changes } from './Changes';
import { PLACES } from './navigation';
import { useActing } from './patient';
import { useRoles } from './roles';
import { said } from './say';

const Snacks = lazy(() => import('./Snacks'));
const Acting = lazy(() => import('@/guardian/Acting'));
const ProofDialog = lazy(() => import('@/session/ProofDialog'));

const Frame = styled('div')(({ theme }) => ({
  minHeight: '100dvh',
  display: 'grid',
  gridTemplateRows: 'auto 1fr',
  // Room for the navigation at the foot of a phone.
  paddingBottom: 72,
  [theme.breakpoints.up('md')]: {
    gridTemplateColumns: '15rem 1fr',
    gridTemplateRows: 'auto 1fr',
    paddingBottom: 0,
  },
}));

const Top = styled('header')(({ theme }) => ({
  gridColumn: '1 / -1',
  display: 'flex',
  alignItems: 'center',
  gap: theme.spacing(2),
  padding: theme.spacing(1.25, 2),
  background: theme.palette.primary.main,
  color: theme.palette.primary.contrastText,
  fontWeight: 700,
  fontSize: '1.15rem',
  '& a': {
    display: 'grid',
    placeItems: 'center',
    minWidth: 44,
    minHeight: 44,
    margin: theme.spacing(-1, -1, -1, 'auto'),
    color: 'inherit',
    borderRadius: 99,
  },
  '& a:focus-visible': { outline: '3px solid currentColor', outlineOffset: -3 },
}));

const Skip = styled('a')(({ theme }) => ({
  position: 'absolute',
  left: -9999,
  '&:focus': {
    left: theme.spacing(1),
    top: theme.spacing(1),
    zIndex: theme.zIndex.tooltip,
    padding: theme.spacing(1, 2),
    background: theme.palette.background.paper,
    color: theme.palette.text.primary,
  },
}));

const Places = styled('nav')(({ theme }) => ({
  position: 'fixed',
  inset: 'auto 0 0 0',
  zIndex: theme.zIndex.appBar,
  background: theme.palette.background.paper,
  borderTop: `1px solid ${theme.palette.divider}`,
  paddingBottom: 'env(safe-area-inset-bottom)',
  '& ul': { display: 'flex', listStyle: 'none', margin: 0, padding: 0 },
  '& li': { flex: 1 },
  '& a': {
    display: 'flex',
    flexDirection: 'column',
    alignItems: 'center',
    gap: 2,
    padding: theme.spacing(1, 0.5),
    minHeight: 56,
    fontSize: '0.75rem',
    textAlign: 'center',
    textDecoration: 'none',
    color: theme.palette.text.secondary,
  },
  '& a[aria-current="page"]': {
    color: theme.palette.primary.main,
    fontWeight: 700,
    boxShadow: `inset 0 3px 0 ${theme.palette.primary.main}`,
  },
  '& a:focus-visible': { outline: `3px solid ${theme.palette.primary.main}`, outlineOffset: -3 },
  [theme.breakpoints.up('md')]: {
    position: 'sticky',
    top: 0,
    alignSelf: 'start',
    height: 'calc(100dvh - 3rem)',
    borderTop: 0,
    borderRight: `1px solid ${theme.palette.divider}`,
    overflowY: 'auto',
    '& ul': { flexDirection: 'column', padding: theme.spacing(2, 1) },
    '& a': {
      flexDirection: 'row',
      gap: theme.spacing(1.5),
      padding: theme.spacing(1, 1.5),
      minHeight: 44,
      fontSize: '0.95rem',
      borderRadius: 8,
    },
    '& a[aria-current="page"]': {
      boxShadow: `inset 3px 0 0 ${theme.palette.primary.main}`,
      background: theme.palette.action.selected,
    },
  },
}));

const Main = styled('main')(({ theme }) => ({
  padding: theme.spacing(2),
  width: '100%',
  maxWidth: '64rem',
  minWidth: 0,
  '&:has(> section[data-wide="true"])': { maxWidth: '96rem' },
  [theme.breakpoints.up('md')]: { padding: theme.spacing(3, 4) },
}));

/** What surrounds every page of those who have signed in. */
export function Shell() {
  const { t } = useTranslation('app');
  const roles = useRoles();
  const proof = useStore(asked, (now) => now);
  const snack = useStore(said, (now) => now);
  const minor = useActing();
  const places = PLACES.filter(
    (place) => place.roles === undefined || place.roles.some((role) => roles.includes(role)),
  );
  return (
    <Frame>
      <Skip href="#main">{t('skip')}</Skip>
      <Top>
        MediLink
        <Link to="/notices" aria-label={t('notices')}>
          <Icon path={mdiBellOutline} />
        </Link>
      </Top>
      <Places aria-label={t('nav.label')}>
        <ul>
          {places.map((place) => (
            <li key={place.to}>
              <Link to={place.to} activeOptions={{ exact: place.to === '/' }}>
                <Icon path={place.icon} />
                {t(`nav.${place.name}`)}
              </Link>
            </li>
          ))}
        </ul>
      </Places>
      <Main id="main">
        <Banners />
        {minor && (
          <Suspense>
            <Acting minor={minor} />
          </Suspense>
        )}
        <Outlet />
      </Main>
      <Changes />
      <SessionEnd />
      {snack && (
        <Suspense>
          <Snacks snack={snack} />
        </Suspense>
      )}
      {proof && (
        <Suspense>
          <ProofDialog answer={proof.answer} />
        </Suspense>
      )}
    </Frame>
  );
}
