import Paper from '@mui/material/Paper';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { hospitalQuery } from '@/hospital/queries';
import { useWritten } from '@/i18n/written';
import { Empty } from '@/patterns/Empty';
import { Facts } from '@/patterns/Facts';
import { Loaded } from '@/patterns/Loaded';
import { More } from '@/patterns/More';
import { Tag } from '@/patterns/Note';
import { Page } from '@/patterns/Page';
import { CloseAccess } from './CloseAccess';
import { type EmergencyAccess, ownEmergenciesQuery } from './queries';

/** The records that a clinician has opened in emergencies, and what became of it. */
export function OwnAccessesPage() {
  const { t } = useTranslation('emergency_access');
  const accesses = useInfiniteQuery(ownEmergenciesQuery);
  return (
    <Page title={t('own.title')}>
      <Typography color="text.secondary">{t('own.about')}</Typography>
      <Loaded query={accesses}>
        {(items) =>
          items.length === 0 ? (
            <Empty>{t('own.none')}</Empty>
          ) : (
            <Stack component="ul" spacing={1.5} sx={{ listStyle: 'none', m: 0, p: 0 }}>
              {items.map((access) => (
                <Access key={access.id} access={access} />
              ))}
            </Stack>
          )
        }
      </Loaded>
      <More query={accesses} />
    </Page>
  );
}

function Access({ access }: { access: EmergencyAccess }) {
  const { t } = useTranslation('emergency_access');
  const written = useWritten();
  const hospital = useQuery(hospitalQuery(access.hospital)).data;
  const moment = (instant: string) => written.moment(instant, hospital?.time_zone);
  const open = access.state === 'open';
  return (
    <Paper component="li" sx={{ p: 2 }}>
      <Stack spacing={1.5}>
        <Stack direction="row" sx={{ gap: 1, flexWrap: 'wrap', justifyContent: 'space-between' }}>
          <Typography variant="h2">{moment(access.opened_at)}</Typography>
          <Tag>{t(`state.${access.state}`)}</Tag>
        </Stack>
        <Facts
          of={
            [
              [t('fact.reason'), t(`reason.${access.reason}`)],
              [t('fact.explanation'), access.explanation],
              [t('fact.hospital'), hospital?.name],
              [t('fact.until'), moment(access.closed_at ?? access.until)],
              [
                t('fact.review'),
                access.justified !== undefined &&
                  [access.justified ? t('justified') : t('unjustified'), access.remark]
                    .filter(Boolean)
                    .join(': '),
              ],
            ].filter(([, value]) => value !== false) as [string, string][]
          }
        />
        <Stack direction="row" sx={{ gap: 2, alignItems: 'center', flexWrap: 'wrap' }}>
          <Link to="/patients/$id" params={{ id: access.patient }}>
            {t('own.patient')}
          </Link>
          {open && <CloseAccess access={access} />}
        </Stack>
      </Stack>
    </Paper>
  );
}
