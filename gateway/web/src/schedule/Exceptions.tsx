import { useTranslation } from 'react-i18next';
import { api } from '@/api/client';
import { useWritten } from '@/i18n/written';
import { Confirm } from '@/patterns/Confirm';
import { Empty } from '@/patterns/Empty';
import { FormDialog } from '@/patterns/FormDialog';
import { Section } from '@/patterns/Section';
import { Table } from '@/patterns/Table';
import type { VisitType } from '@/visit_type/queries';
import { DateForm } from './DateForm';
import { LeaveForm } from './LeaveForm';
import type { Schedule } from './queries';

/** Single dates that differ from the week, and leave: what is ahead, and how to change it. */
export function Exceptions(props: {
  doctor: string;
  schedule: Pick<Schedule, 'dates' | 'leaves'>;
  types: readonly VisitType[];
  today: string;
}) {
  const { doctor, schedule, types, today } = props;
  const { t } = useTranslation('schedule');
  const written = useWritten();
  const dates = schedule.dates.filter(({ date }) => date >= today);
  const leaves = schedule.leaves
    .filter(({ until }) => until >= today)
    .toSorted((one, other) => one.from.localeCompare(other.from));
  return (
    <>
      <Section
        title={t('date.list')}
        actions={
          <FormDialog does={t('date.add')} title={t('date.title')}>
            {(close) => (
              <DateForm
                doctor={doctor}
                date={today}
                min={today}
                hours={[]}
                types={types}
                close={close}
              />
            )}
          </FormDialog>
        }
      >
        {dates.length === 0 ? (
          <Empty>{t('date.none')}</Empty>
        ) : (
          <Table
            headed
            caption={t('date.list')}
            rows={dates}
            id={({ date }) => date}
            columns={[
              { name: t('date.label'), cell: ({ date }) => written.date(date) },
              {
                name: t('date.hours'),
                cell: ({ hours }) =>
                  hours.length === 0
                    ? t('closed')
                    : hours
                        .map(({ opens, closes }) => `${opens.slice(0, 5)}–${closes.slice(0, 5)}`)
                        .join(', '),
              },
              {
                name: t('change'),
                cell: ({ date }) => (
                  <Confirm
                    does={t('date.reset')}
                    title={t('date.reset')}
                    variant="text"
                    send={() =>
                      api.DELETE('/v1/doctors/{id}/schedule/dates/{date}', {
                        params: { path: { id: doctor, date } },
                      })
                    }
                  >
                    {t('date.meaning', { day: written.date(date) })}
                  </Confirm>
                ),
              },
            ]}
          />
        )}
      </Section>
      <Section
        title={t('leave.list')}
        actions={
          <FormDialog does={t('leave.add')} title={t('leave.add')}>
            {(close) => <LeaveForm doctor={doctor} min={today} close={close} />}
          </FormDialog>
        }
      >
        {leaves.length === 0 ? (
          <Empty>{t('leave.none')}</Empty>
        ) : (
          <Table
            headed
            caption={t('leave.list')}
            rows={leaves}
            id={({ id }) => id}
            columns={[
              { name: t('leave.from'), cell: ({ from }) => written.date(from) },
              { name: t('leave.until'), cell: ({ until }) => written.date(until) },
              {
                name: t('change'),
                cell: (leave) => (
                  <Confirm
                    does={t('leave.withdraw')}
                    title={t('leave.withdraw')}
                    variant="text"
                    color="error"
                    send={() =>
                      api.DELETE('/v1/doctors/{id}/leaves/{leave}', {
                        params: { path: { id: doctor, leave: leave.id } },
                      })
                    }
                  >
                    {t('leave.meaning')}
                  </Confirm>
                ),
              },
            ]}
          />
        )}
      </Section>
    </>
  );
}
