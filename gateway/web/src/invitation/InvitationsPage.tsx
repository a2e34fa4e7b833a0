import { useInfiniteQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answered, api } from '@/api/client';
import type { Role } from '@/app/me';
import { useRolesAt } from '@/app/roles';
import { saying } from '@/app/say';
import { DepartmentChoice } from '@/hospital/DepartmentChoice';
import type { Hospital } from '@/hospital/queries';
import { Site } from '@/hospital/Site';
import { LANGUAGES, type Language } from '@/i18n/languages';
import { useWritten } from '@/i18n/written';
import { Confirm } from '@/patterns/Confirm';
import { Choice } from '@/patterns/choices';
import { FormDialog } from '@/patterns/FormDialog';
import { Field, Form, useCommandForm } from '@/patterns/form';
import { Loaded } from '@/patterns/Loaded';
import { More } from '@/patterns/More';
import { Tag } from '@/patterns/Note';
import { Table } from '@/patterns/Table';
import { invitationsRoute } from './pages';
import { type Invitation, invitationsQuery } from './queries';

/** Doctors apply instead, so that their papers are looked at. */
const ROLES: readonly Role[] = [
  'receptionist',
  'nurse',
  'department-head',
  'pharmacist',
  'billing',
  'administrator',
];

/** How an invitation stands at this moment. */
function standing(invitation: Invitation, now: string): 'sent' | 'over' | 'accepted' | 'revoked' {
  if (invitation.accepted_at !== undefined) return 'accepted';
  if (invitation.revoked_at !== undefined) return 'revoked';
  return invitation.expires_at <= now ? 'over' : 'sent';
}

/** Who was invited to work at a hospital, and what became of it. */
export function InvitationsPage() {
  const { t } = useTranslation(['invitation', 'app']);
  const { hospital } = invitationsRoute.useParams();
  const invitations = useInfiniteQuery(invitationsQuery(hospital));
  const manages = useRolesAt(hospital).includes('administrator');
  const written = useWritten();
  const now = new Date().toISOString();
  const invite = (site: Hospital) =>
    manages && (
      <FormDialog does={t('invite.do')} title={t('invite.title')} variant="contained">
        {(close) => <InviteForm site={site} close={close} />}
      </FormDialog>
    );
  return (
    <Site wide hospital={hospital} title={t('title')} actions={invite}>
      {(site) => (
        <>
          <p>{t('about')}</p>
          <Loaded query={invitations}>
            {(items) => (
              <Table
                none={t('none')}
                headed
                caption={t('title')}
                rows={items}
                id={({ id }) => id}
                columns={[
                  { name: t('email'), cell: ({ email }) => email },
                  {
                    name: t('role'),
                    cell: ({ role, department }) =>
                      [
                        t(`app:roles.${role}`),
                        site.departments.find(({ id }) => id === department)?.name,
                      ]
                        .filter(Boolean)
                        .join(', '),
                  },
                  {
                    name: t('sent'),
                    cell: ({ issued_at }) => written.moment(issued_at, site.time_zone),
                  },
                  {
                    name: t('until'),
                    cell: ({ expires_at }) => written.moment(expires_at, site.time_zone),
                  },
                  {
                    name: t('state'),
                    cell: (one) => <Tag>{t(`standing.${standing(one, now)}`)}</Tag>,
                  },
                  {
                    name: t('change'),
                    cell: (one) =>
                      manages &&
                      standing(one, now) === 'sent' && <Revoke hospital={site.id} of={one} />,
                  },
                ]}
              />
            )}
          </Loaded>
          <More query={invitations} />
        </>
      )}
    </Site>
  );
}

function Revoke({ hospital, of }: { hospital: string; of: Invitation }) {
  const { t } = useTranslation('invitation');
  return (
    <Confirm
      does={t('revoke.do')}
      title={t('revoke.title')}
      variant="text"
      color="error"
      send={() =>
        api.DELETE('/v1/hospitals/{id}/invitations/{invitation}', {
          params: { path: { id: hospital, invitation: of.id } },
        })
      }
    >
      {t('revoke.text')}
    </Confirm>
  );
}

function InviteForm({ site, close }: { site: Hospital; close: () => void }) {
  const { t, i18n } = useTranslation(['invitation', 'app']);
  const form = useCommandForm({
    values: { email: '', language: i18n.language, role: 'receptionist', department: '' },
    send: (values) =>
      answered(
        api.POST('/v1/hospitals/{id}/invitations', {
          params: { path: { id: site.id } },
          body: {
            email: values.email,
            language: values.language as Language,
            role: values.role as Role,
            ...(ofDepartment(values.role) &&
              values.department && { department: values.department }),
          },
        }),
      ),
    done: saying(t('invite.done'), close),
  });
  const role = form.form.watch('role');
  return (
    <Form of={form} submit={t('invite.do')}>
      <p>{t('invite.text')}</p>
      <Field name="email" type="email" label={t('email')} autoComplete="off" />
      <Choice name="language" label={t('language')} options={Object.entries(LANGUAGES)} />
      <Choice
        name="role"
        label={t('role')}
        options={ROLES.map((one) => [one, t(`app:roles.${one}`)] as const)}
      />
      {ofDepartment(role) && (
        <DepartmentChoice
          site={site}
          label={t('department')}
          none={t('whole')}
          required={role === 'department-head'}
        />
      )}
    </Form>
  );
}

function ofDepartment(role: string): boolean {
  return role === 'nurse' || role === 'department-head';
}
