import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useRoles } from '@/app/roles';
import { useWorkplace } from '@/doctor/useWorkplace';
import { today } from '@/i18n/days';
import { useWritten } from '@/i18n/written';
import { DayPicker } from '@/patterns/DayPicker';
import { Empty } from '@/patterns/Empty';
import { Loaded } from '@/patterns/Loaded';
import { Page } from '@/patterns/Page';
import { LinkButton } from '@/patterns/Press';
import { useAccess } from '@/session/store';
import { Day } from './Day';
import { dayRoute } from './pages';

/** The list of one day: a doctor's own, or the one that the front desk looks at. */
export function DayPage() {
  const { t } = useTranslation('attendance');
  const { doctor: other } = dayRoute.useSearch();
  const { person } = useAccess();
  const roles = useRoles();
  if (other === undefined && roles.length > 0 && !roles.includes('doctor')) {
    const board = <LinkButton to="/board">{t('choose.board')}</LinkButton>;
    return (
      <Page title={t('title')}>
        <Empty action={board}>{t('choose.text')}</Empty>
      </Page>
    );
  }
  return <DayOf doctor={other ?? person} />;
}

function DayOf({ doctor: id }: { doctor: string }) {
  const { t } = useTranslation('attendance');
  const { person } = useAccess();
  const search = dayRoute.useSearch();
  const navigate = useNavigate();
  const written = useWritten();
  const workplace = useWorkplace(id);
  const site = workplace.data?.site;
  const now = site && today(site.time_zone);
  const date = search.date ?? now;
  const pick = (day: string) =>
    void navigate({
      to: '/day',
      search: {
        ...(search.doctor && { doctor: search.doctor }),
        ...(day !== now && { date: day }),
      },
      replace: true,
    });
  return (
    <Page
      wide
      title={date === now ? t('title') : t('other')}
      actions={date && now && <DayPicker day={date} today={now} pick={pick} />}
    >
      <Loaded query={workplace} lines={6}>
        {({ doctor, site }) => (
          <>
            <p>
              {[id !== person && doctor.name, site.name, date && written.date(date)]
                .filter(Boolean)
                .join(' · ')}
            </p>
            {date && <Day key={date} doctor={id} hospital={site.id} date={date} />}
          </>
        )}
      </Loaded>
    </Page>
  );
}
