import Paper from '@mui/material/Paper';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { LANGUAGES } from '@/i18n/languages';
import { useWritten } from '@/i18n/written';
import { Facts } from '@/patterns/Facts';
import type { Patient } from './queries';

/** How old somebody is today, in whole years. */
export function ageOf(born: string, now: Date): number {
  const [year = 0, month = 0, day = 0] = born.split('-').map(Number);
  const before =
    now.getMonth() + 1 < month || (now.getMonth() + 1 === month && now.getDate() < day);
  return now.getFullYear() - year - (before ? 1 : 0);
}

/** Who a patient is, and how to reach them. */
export function Identity({ patient }: { patient: Patient }) {
  const { t } = useTranslation('disclosure');
  const written = useWritten();
  const { profile, date_of_birth: born, guardian } = patient;
  const contact = profile?.emergency_contact;
  const address = profile?.address;
  const facts: (readonly [string, ReactNode])[] = [
    [
      t('fact.age'),
      born && t('fact.born', { age: ageOf(born, new Date()), date: written.date(born) }),
    ],
    [t('fact.gender'), profile?.gender && t(`gender.${profile.gender}`)],
    [
      t('fact.language'),
      <span key="l" lang={patient.language}>
        {LANGUAGES[patient.language]}
      </span>,
    ],
    [
      t('fact.guardian'),
      guardian && (
        <Link to="/patients/$id" params={{ id: guardian.id }}>
          {t('fact.until', { date: written.date(guardian.until) })}
        </Link>
      ),
    ],
    [t('fact.phone'), <Telephone key="p" number={patient.phone} />],
    [t('fact.email'), patient.email && <a href={`mailto:${patient.email}`}>{patient.email}</a>],
    [
      t('fact.address'),
      address &&
        [...address.lines, address.postal_code, address.city, address.region, address.country]
          .filter(Boolean)
          .join(', '),
    ],
    [
      t('fact.contact'),
      contact && (
        <>
          {[contact.name, contact.relation].filter(Boolean).join(', ')}{' '}
          <Telephone number={contact.phone} />
        </>
      ),
    ],
    [
      t('fact.needs'),
      [
        ...(profile?.accessibility ?? []).map((need) =>
          t(`need.${need}` as never, { defaultValue: need }),
        ),
        profile?.accessibility_note,
      ]
        .filter(Boolean)
        .join(' · '),
    ],
  ];
  return (
    <Paper sx={{ p: 2 }}>
      <Stack spacing={1.5}>
        <Typography variant="h2">{patient.name}</Typography>
        <Facts of={facts} />
      </Stack>
    </Paper>
  );
}

function Telephone({ number }: { number: string }) {
  return <a href={`tel:${number}`}>{number}</a>;
}
