import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useRoles } from '@/app/roles';
import { useWritten } from '@/i18n/written';
import { FormDialog } from '@/patterns/FormDialog';
import { Loaded } from '@/patterns/Loaded';
import { Page } from '@/patterns/Page';
import { Table } from '@/patterns/Table';
import { hospitalsQuery } from './queries';
import { RegisterForm } from './RegisterForm';

/** All hospitals of the network, and the way to register one. */
export function HospitalsPage() {
  const { t } = useTranslation('hospital');
  const hospitals = useQuery(hospitalsQuery());
  const written = useWritten();
  const register = useRoles().includes('platform-administrator') && (
    <FormDialog
      does={t('network.register.do')}
      title={t('network.register.title')}
      variant="contained"
    >
      {(close) => <RegisterForm close={close} />}
    </FormDialog>
  );
  return (
    <Page title={t('network.title')} actions={register}>
      <Typography>{t('network.text')}</Typography>
      <Loaded query={hospitals}>
        {(all) => (
          <Table
            headed
            none={t('network.none')}
            caption={t('network.title')}
            rows={all}
            id={({ id }) => id}
            columns={[
              { name: t('network.name'), cell: ({ name }) => name },
              { name: t('network.zone'), cell: ({ time_zone }) => time_zone },
              {
                name: t('department.list'),
                cell: ({ departments }) => written.number(departments.length),
                number: true,
              },
              {
                name: t('network.who'),
                cell: ({ id, name }) => (
                  <Link
                    to="/administration/people"
                    search={{ hospital: id }}
                    aria-label={t('network.people_of', { name })}
                  >
                    {t('network.people')}
                  </Link>
                ),
              },
            ]}
          />
        )}
      </Loaded>
    </Page>
  );
}
