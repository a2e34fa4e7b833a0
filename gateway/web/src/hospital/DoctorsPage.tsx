import Stack from '@mui/material/Stack';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useRolesAt } from '@/app/roles';
import { doctorsQuery } from '@/doctor/all';
import { LANGUAGES } from '@/i18n/languages';
import { Loaded } from '@/patterns/Loaded';
import { Table } from '@/patterns/Table';
import { doctorsRoute } from './pages';
import { Site } from './Site';

/** The doctors of a hospital, each with the way to their list and their hours. */
export function DoctorsPage() {
  const { t } = useTranslation('hospital');
  const { hospital } = doctorsRoute.useParams();
  const doctors = useQuery(doctorsQuery(hospital));
  const roles = useRolesAt(hospital);
  return (
    <Site wide hospital={hospital} title={t('link.doctors.name')}>
      {(site) => (
        <Loaded query={doctors}>
          {(items) => (
            <Table
              none={t('doctors.none')}
              headed
              caption={t('link.doctors.name')}
              rows={items}
              id={({ id }) => id}
              columns={[
                { name: t('doctors.name'), cell: ({ name }) => name },
                {
                  name: t('doctors.department'),
                  cell: ({ department }) =>
                    site.departments.find(({ id }) => id === department)?.name,
                },
                { name: t('doctors.number'), cell: (doctor) => doctor.registration_number },
                {
                  name: t('doctors.languages'),
                  cell: ({ languages }) =>
                    languages.map((language) => LANGUAGES[language]).join(', '),
                },
                {
                  name: t('doctors.more'),
                  cell: ({ id }) => (
                    <Stack direction="row" sx={{ gap: 2, flexWrap: 'wrap' }}>
                      {roles.includes('receptionist') && (
                        <Link to="/day" search={{ doctor: id }}>
                          {t('doctors.day')}
                        </Link>
                      )}
                      {roles.includes('administrator') && (
                        <Link to="/schedule" search={{ doctor: id }}>
                          {t('doctors.hours')}
                        </Link>
                      )}
                    </Stack>
                  ),
                },
              ]}
            />
          )}
        </Loaded>
      )}
    </Site>
  );
}
