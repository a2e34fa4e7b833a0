import { mdiBellOutline } from '@mdi/js';
import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { useStore } from '@tanstack/react-store';
import { useTranslation } from 'react-i18next';
import { Icon } from '@/patterns/Icon';
import { asked } from '@/session/proof';
import { SessionEnd } from '@/session/SessionEnd';
import { Banners } from './Banners';
import { Changes } from './Changes';
import { PLACES } from './navigation';
import { part } from './page';
import { useActing } from './patient';
import { useRoles } from './roles';
import { said } from './say';

const Snacks = part('app', () => import('./Snacks'));
const Acting = part('guardian', () => import('@/guardian/Acting'));
// Whoever waits for a proof is told that there is none, so that nothing hangs.
const ProofDialog = part(
  'session',
  () => import('@/session/ProofDialog'),
  ({ answer }) => answer(false),
);

/** What surrounds every page of those who have signed in. */
export function Shell() {
  const { t } = useTranslation('app');
  const roles = useRoles();
  const proof = useStore(asked, (now) => now);
  const snack = useStore(said, (now) => now);
  const minor = useActing();
  const { pathname } = useLocation();
  const places = PLACES.filter(
    (place) => place.roles === undefined || place.roles.some((role) => roles.includes(role)),
  );
  return (
    <div className="frame">
      <a className="skip" href="#main">
        {t('skip')}
      </a>
      <header className="top">
        MediLink
        <Link to="/notices" aria-label={t('notices')}>
          <Icon path={mdiBellOutline} />
        </Link>
      </header>
      <nav className="places" aria-label={t('nav.label')}>
        <ul>
          {places.map((place) => (
            <li key={place.to}>
              <Link
                to={place.to}
                activeOptions={{ exact: place.to === '/' }}
                {...(place.under?.test(pathname) && { 'aria-current': 'page' })}
              >
                <Icon path={place.icon} />
                {t(`nav.${place.name}`)}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <main className="main" id="main">
        <Banners />
        {minor && <Acting minor={minor} />}
        <Outlet />
      </main>
      <Changes />
      <SessionEnd />
      {snack && <Snacks snack={snack} />}
      {proof && <ProofDialog answer={proof.answer} />}
    </div>
  );
}
