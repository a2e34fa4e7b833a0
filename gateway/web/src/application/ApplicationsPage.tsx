import Paper from '@mui/material/Paper';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Hospital } from '@/hospital/queries';
import { Site } from '@/hospital/Site';
import { LANGUAGES } from '@/i18n/languages';
import { useWritten } from '@/i18n/written';
import { Empty } from '@/patterns/Empty';
import { Facts } from '@/patterns/Facts';
import { FormDialog } from '@/patterns/FormDialog';
import { Loaded } from '@/patterns/Loaded';
import { More } from '@/patterns/More';
import { Tag } from '@/patterns/Note';
import { Select } from '@/patterns/Select';
import { useAccess } from '@/session/store';
import { ApproveForm, RejectForm } from './Decide';
import { applicationsRoute } from './pages';
import { type Application, type ApplicationStatus, applicationsQuery } from './queries';

const STATUSES: readonly ApplicationStatus[] = ['open', 'approved', 'rejected', 'withdrawn'];

/** Who wants to work at a hospital, for its manager to look at. */
export function ApplicationsPage() {
  const { t } = useTranslation('application');
  const { hospital } = applicationsRoute.useParams();
  const [status, setStatus] = useState<ApplicationStatus>('open');
  const applications = useInfiniteQuery(applicationsQuery(hospital, status));
  return (
    <Site hospital={hospital} title={t('title')}>
      {(site) => (
        <>
          <Select
            size="small"
            label={t('show')}
            value={status}
            options={STATUSES.map((one) => [one, t(`status.${one}`)] as const)}
            choose={setStatus}
            sx={{ alignSelf: 'flex-start', minWidth: '12rem' }}
          />
          <Loaded query={applications}>
            {(items) =>
              items.length === 0 ? (
                <Empty>{status === 'open' ? t('none') : t('no-such')}</Empty>
              ) : (
                <Stack component="ul" spacing={1.5} sx={{ listStyle: 'none', m: 0, p: 0 }}>
                  {items.map((application) => (
                    <One key={application.id} application={application} site={site} />
                  ))}
                </Stack>
              )
            }
          </Loaded>
          <More query={applications} />
        </>
      )}
    </Site>
  );
}

function One({ application, site }: { application: Application; site: Hospital }) {
  const { t } = useTranslation(['application', 'app']);
  const written = useWritten();
  const { person } = useAccess();
  const own = application.applicant === person;
  const department = site.departments.find(({ id }) => id === application.department);
  const moment = (instant: string) => written.moment(instant, site.time_zone);
  return (
    <Paper component="li" sx={{ p: 2 }}>
      <Stack spacing={1.5}>
        <Stack direction="row" sx={{ gap: 1, flexWrap: 'wrap', justifyContent: 'space-between' }}>
          <Typography variant="h2">{application.name}</Typography>
          <Tag>{t(`status.${application.status}`)}</Tag>
        </Stack>
        <Facts
          of={[
            [t('role'), t(`app:roles.${application.role}`)],
            [t('registration'), application.registration_number],
            [t('specialties'), application.specialties.join(', ')],
            [t('languages'), application.languages.map((one) => LANGUAGES[one]).join(', ')],
            [t('department'), department?.name],
            [t('submitted'), moment(application.submitted_at)],
            [t('decided'), application.decided_at && moment(application.decided_at)],
            [
              t('reject.reason'),
              application.reason &&
                t(`reason.${application.reason}` as never, { defaultValue: application.reason }),
            ],
            [
              t('papers'),
              application.certificates
                .map(
                  ({ kind, number }) =>
                    `${t(`kind.${kind}` as never, { defaultValue: kind })} ${number}`,
                )
                .join(', '),
            ],
          ]}
        />
        {application.status === 'open' && own && <span>{t('own')}</span>}
        {application.status === 'open' && !own && (
          <Stack direction="row" sx={{ gap: 1, flexWrap: 'wrap' }}>
            <FormDialog
              does={t('approve.do')}
              label={t('approve.of', { name: application.name })}
              title={t('approve.of', { name: application.name })}
              variant="contained"
              size="md"
            >
              {(close) => <ApproveForm application={application} site={site} close={close} />}
            </FormDialog>
            <FormDialog
              does={t('reject.do')}
              label={t('reject.of', { name: application.name })}
              title={t('reject.of', { name: application.name })}
              color="error"
            >
              {(close) => <RejectForm application={application} close={close} />}
            </FormDialog>
          </Stack>
        )}
      </Stack>
    </Paper>
  );
}
