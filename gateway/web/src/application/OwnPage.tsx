import Paper from '@mui/material/Paper';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { answered, api } from '@/api/client';
import { asSeen } from '@/api/seen';
import { rolesOf } from '@/app/me';
import { meQuery } from '@/app/roles';
import { saying } from '@/app/say';
import { useLive } from '@/app/useLive';
import { hospitalQuery } from '@/hospital/queries';
import { LANGUAGES } from '@/i18n/languages';
import { useWritten } from '@/i18n/written';
import { Confirm } from '@/patterns/Confirm';
import { Facts } from '@/patterns/Facts';
import { Loaded } from '@/patterns/Loaded';
import { Note, Tag, type Tone } from '@/patterns/Note';
import { Page } from '@/patterns/Page';
import { LinkButton } from '@/patterns/Press';
import { Section } from '@/patterns/Section';
import { useAccess } from '@/session/store';
import { ApplyForm } from './ApplyForm';
import { type Application, type ApplicationStatus, ownApplicationQuery } from './queries';

/** How often an application that waits is looked at, should nobody tell of the answer, in ms. */
const LOOK = 30_000;

const TONES: Record<ApplicationStatus, Tone> = {
  open: 'info',
  approved: 'success',
  rejected: 'warning',
  withdrawn: 'info',
};

/** What became of one's application to work at a hospital, and what is next. */
export function OwnPage() {
  const { t } = useTranslation('application');
  const { person } = useAccess();
  const own = useQuery(ownApplicationQuery(person));
  const may = useProven();
  const { refetch } = own;
  useLive(refetch, LOOK);
  return (
    <Page title={t('mine.title')}>
      <Loaded query={own}>
        {(application) => (
          <>
            {application !== null && <Standing application={application} />}
            {application?.status === 'open' ? (
              <Withdraw application={application} />
            ) : (
              may && (
                <Section title={t(`mine.${application === null ? 'first' : 'another'}`)}>
                  <Paper sx={{ p: { xs: 2, md: 3 } }}>
                    <ApplyForm key={application?.id} last={application} />
                  </Paper>
                </Section>
              )
            )}
          </>
        )}
      </Loaded>
      <Link to="/account/invitation">{t('mine.invited')}</Link>
    </Page>
  );
}

/** Whether a role of theirs keeps nothing from the reader until they have shown a second factor. */
function useProven(): boolean {
  const me = useQuery(meQuery(useAccess().person)).data;
  if (me === undefined) return false;
  return me.second_factor || rolesOf(me).every((role) => role === 'patient');
}

/** How it stands, what that means, and what was applied with. */
function Standing({ application }: { application: Application }) {
  const { t } = useTranslation(['application', 'app']);
  const written = useWritten();
  const { status, reason, role, decided_at: decided } = application;
  const me = useQuery(meQuery(useAccess().person)).data;
  // The directory is for those who are something here.
  const reads = useProven() && me !== undefined && rolesOf(me).length > 0;
  const hospital = useQuery({ ...hospitalQuery(application.hospital), enabled: reads }).data;
  const department = hospital?.departments.find(({ id }) => id === application.department);
  const moment = (instant: string) => written.moment(instant, hospital?.time_zone);
  return (
    <>
      <Note tone={TONES[status]} role="status">
        <p>
          <strong>{t(`mine.${status}.title`)}</strong>
        </p>
        {reason && (
          <p>
            {t('mine.why', {
              reason: t(`reason.${reason}` as never, { defaultValue: reason }),
            })}
          </p>
        )}
        <p>{t(`mine.${status}.text`)}</p>
      </Note>
      {status === 'approved' && me !== undefined && <Next factor={me.second_factor} />}
      <Paper sx={{ p: { xs: 2, md: 3 } }}>
        <Stack spacing={1.5}>
          <Stack direction="row" sx={{ gap: 1, flexWrap: 'wrap', justifyContent: 'space-between' }}>
            <Typography variant="h2">{t(`app:roles.${role}`)}</Typography>
            <Tag tone={TONES[status]}>{t(`status.${status}`)}</Tag>
          </Stack>
          <Facts
            of={[
              [t('mine.hospital'), hospital?.name],
              [t('department'), department?.name],
              [t('mine.name'), application.name],
              [t('registration'), application.registration_number],
              [t('specialties'), application.specialties.join(', ')],
              [t('languages'), application.languages.map((one) => LANGUAGES[one]).join(', ')],
              [t('submitted'), moment(application.submitted_at)],
              [t('decided'), decided && moment(decided)],
            ]}
          />
        </Stack>
      </Paper>
    </>
  );
}

/** What who was taken on does next. */
function Next({ factor }: { factor: boolean }) {
  const { t } = useTranslation('application');
  return (
    <Stack spacing={1.5} sx={{ alignItems: 'flex-start' }}>
      {!factor && <Typography>{t('mine.factor')}</Typography>}
      {factor ? (
        <LinkButton to="/">{t('mine.work')}</LinkButton>
      ) : (
        <LinkButton to="/account">{t('mine.factor_go')}</LinkButton>
      )}
    </Stack>
  );
}

function Withdraw({ application }: { application: Application }) {
  const { t } = useTranslation('application');
  return (
    <div>
      <Confirm
        does={t('mine.withdraw.do')}
        title={t('mine.withdraw.title')}
        color="error"
        send={() =>
          answered(
            api.POST('/v1/applications/{id}/withdraw', {
              params: { path: { id: application.id }, header: asSeen(application.version) },
            }),
          )
        }
        done={saying(t('mine.withdraw.done'))}
      >
        {t('mine.withdraw.text')}
      </Confirm>
    </div>
  );
}
