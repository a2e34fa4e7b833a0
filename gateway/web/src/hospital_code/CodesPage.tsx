import Stack from '@mui/material/Stack';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '@/api/client';
import type { Hospital } from '@/hospital/queries';
import { Site } from '@/hospital/Site';
import { useWritten } from '@/i18n/written';
import { Confirm } from '@/patterns/Confirm';
import { FormDialog } from '@/patterns/FormDialog';
import { Loaded } from '@/patterns/Loaded';
import { More } from '@/patterns/More';
import { Tag } from '@/patterns/Note';
import { Table } from '@/patterns/Table';
import { IssueForm, RotateForm } from './CodeForms';
import { codesRoute } from './pages';
import { codesQuery, type HospitalCode } from './queries';

/** How a code stands at this moment. */
function standing(code: HospitalCode, now: string): 'good' | 'used' | 'over' | 'revoked' {
  if (code.revoked_at !== undefined) return 'revoked';
  if (code.expires_at <= now) return 'over';
  return code.uses >= code.most_uses ? 'used' : 'good';
}

/** The codes with which people apply at a hospital. What people type is shown once, when it is made. */
export function CodesPage() {
  const { t } = useTranslation(['hospital_code', 'app']);
  const { hospital } = codesRoute.useParams();
  const codes = useInfiniteQuery(codesQuery(hospital));
  const written = useWritten();
  const now = new Date().toISOString();
  const issue = (site: Hospital) => (
    <FormDialog does={t('issue.do')} title={t('issue.do')} variant="contained">
      {(close) => <IssueForm hospital={hospital} zone={site.time_zone} close={close} />}
    </FormDialog>
  );
  return (
    <Site wide hospital={hospital} title={t('title')} actions={issue}>
      {(site) => (
        <>
          <p>{t('about')}</p>
          <Loaded query={codes}>
            {(items) => (
              <Table
                none={t('none')}
                headed
                caption={t('title')}
                rows={items}
                id={({ id }) => id}
                columns={[
                  { name: t('role'), cell: ({ role }) => t(`app:roles.${role}`) },
                  {
                    name: t('uses'),
                    number: true,
                    cell: (code) => t('of', { uses: code.uses, most: code.most_uses }),
                  },
                  {
                    name: t('issued'),
                    cell: (code) => written.moment(code.issued_at, site.time_zone),
                  },
                  {
                    name: t('until'),
                    cell: (code) => written.moment(code.expires_at, site.time_zone),
                  },
                  {
                    name: t('state'),
                    cell: (code) => <Tag>{t(`standing.${standing(code, now)}`)}</Tag>,
                  },
                  {
                    name: t('change'),
                    cell: (code) => <Changes site={site} code={code} />,
                  },
                ]}
              />
            )}
          </Loaded>
          <More query={codes} />
        </>
      )}
    </Site>
  );
}

/** Of a code that works no more nothing is changed; but what replaces it is still being shown. */
function Changes({ site, code }: { site: Hospital; code: HospitalCode }) {
  const { t } = useTranslation('hospital_code');
  const display = code.revoked_at === undefined ? 'flex' : 'none';
  return (
    <Stack direction="row" sx={{ gap: 1, flexWrap: 'wrap', display }}>
      <FormDialog does={t('rotate.do')} title={t('rotate.do')} variant="text">
        {(close) => <RotateForm hospital={site.id} zone={site.time_zone} of={code} close={close} />}
      </FormDialog>
      <Confirm
        does={t('revoke.do')}
        title={t('revoke.title')}
        variant="text"
        color="error"
        send={() =>
          api.DELETE('/v1/hospitals/{id}/codes/{code}', {
            params: { path: { id: site.id, code: code.id } },
          })
        }
      >
        {t('revoke.text')}
      </Confirm>
    </Stack>
  );
}
