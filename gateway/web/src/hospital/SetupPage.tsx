import { useTranslation } from 'react-i18next';
import { api } from '@/api/client';
import { today } from '@/i18n/days';
import { useWritten } from '@/i18n/written';
import { Confirm } from '@/patterns/Confirm';
import { Empty } from '@/patterns/Empty';
import { FormDialog } from '@/patterns/FormDialog';
import { Section } from '@/patterns/Section';
import { Table } from '@/patterns/Table';
import { AssetForm, DepartmentForm, HolidayForm } from './forms';
import { setupRoute } from './pages';
import type { Hospital } from './queries';
import { Site } from './Site';

/** What a hospital is made of: departments, rooms and devices, and its holidays. */
export function SetupPage() {
  const { t } = useTranslation('hospital');
  const { hospital } = setupRoute.useParams();
  return (
    <Site hospital={hospital} title={t('link.setup.name')}>
      {(site) => (
        <>
          <Departments site={site} />
          <Assets site={site} />
          <Holidays site={site} />
        </>
      )}
    </Site>
  );
}

function Departments({ site }: { site: Hospital }) {
  const { t } = useTranslation('hospital');
  const add = (
    <FormDialog does={t('department.add')} title={t('department.add')}>
      {(close) => <DepartmentForm hospital={site.id} close={close} />}
    </FormDialog>
  );
  return (
    <Section title={t('department.list')} actions={add}>
      {site.departments.length === 0 ? (
        <Empty>{t('department.none')}</Empty>
      ) : (
        <Table
          headed
          caption={t('department.list')}
          rows={site.departments}
          id={({ id }) => id}
          columns={[
            { name: t('department.name'), cell: ({ name }) => name },
            { name: t('department.specialty'), cell: ({ specialty }) => specialty },
          ]}
        />
      )}
    </Section>
  );
}

function Assets({ site }: { site: Hospital }) {
  const { t } = useTranslation('hospital');
  const classes = [...new Set(site.assets.map((asset) => asset.class))];
  const add = (
    <FormDialog does={t('asset.add')} title={t('asset.add')}>
      {(close) => <AssetForm hospital={site.id} classes={classes} close={close} />}
    </FormDialog>
  );
  return (
    <Section title={t('asset.list')} actions={add}>
      {site.assets.length === 0 ? (
        <Empty>{t('asset.none')}</Empty>
      ) : (
        <Table
          headed
          caption={t('asset.list')}
          rows={site.assets}
          id={({ id }) => id}
          columns={[
            { name: t('asset.name'), cell: ({ name }) => name },
            { name: t('asset.class'), cell: (asset) => asset.class },
            {
              name: t('change'),
              cell: ({ id, name }) => (
                <Confirm
                  does={t('asset.retire')}
                  title={t('asset.gone', { name })}
                  variant="text"
                  color="error"
                  send={() =>
                    api.DELETE('/v1/hospitals/{id}/assets/{asset}', {
                      params: { path: { id: site.id, asset: id } },
                    })
                  }
                >
                  {t('asset.meaning')}
                </Confirm>
              ),
            },
          ]}
        />
      )}
    </Section>
  );
}

function Holidays({ site }: { site: Hospital }) {
  const { t } = useTranslation('hospital');
  const written = useWritten();
  const now = today(site.time_zone);
  const ahead = site.holidays.filter(({ date }) => date >= now);
  const add = (
    <FormDialog does={t('holiday.add')} title={t('holiday.add')}>
      {(close) => <HolidayForm hospital={site.id} min={now} close={close} />}
    </FormDialog>
  );
  return (
    <Section title={t('holiday.list')} actions={add}>
      {ahead.length === 0 ? (
        <Empty>{t('holiday.none')}</Empty>
      ) : (
        <Table
          headed
          caption={t('holiday.list')}
          rows={ahead}
          id={({ date }) => date}
          columns={[
            { name: t('holiday.date'), cell: ({ date }) => written.date(date) },
            { name: t('holiday.name'), cell: ({ name }) => name },
            {
              name: t('change'),
              cell: ({ date }) => (
                <Confirm
                  does={t('holiday.withdraw')}
                  title={t('holiday.gone', { date: written.date(date) })}
                  variant="text"
                  send={() =>
                    api.DELETE('/v1/hospitals/{id}/holidays/{date}', {
                      params: { path: { id: site.id, date } },
                    })
                  }
                >
                  {t('holiday.meaning')}
                </Confirm>
              ),
            },
          ]}
        />
      )}
    </Section>
  );
}
