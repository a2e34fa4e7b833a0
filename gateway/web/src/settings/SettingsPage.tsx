import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useReason } from '@/erasure/reasons';
import { Facts } from '@/patterns/Facts';
import { Loaded } from '@/patterns/Loaded';
import { Note } from '@/patterns/Note';
import { Page } from '@/patterns/Page';
import { Section } from '@/patterns/Section';
import { Table } from '@/patterns/Table';
import { type RetentionRule, type SessionLifetimes, type Settings, settingsQuery } from './queries';

/** What is set for this deployment and holds for everybody. It is set in files, and read here. */
export function SettingsPage() {
  const { t } = useTranslation('settings');
  const settings = useQuery(settingsQuery);
  return (
    <Page title={t('title')} wide>
      <Note tone="info">
        <p>{t('text')}</p>
      </Note>
      <Loaded query={settings} lines={8}>
        {(set) => (
          <>
            <SignIn of={set.sign_in} />
            <Retention of={set.retention} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function SignIn({ of }: { of: Settings['sign_in'] }) {
  const { t } = useTranslation('settings');
  const lasts = ({ idle_minutes, life_hours }: SessionLifetimes) =>
    t('lasts', { idle: length(t, idle_minutes), most: length(t, life_hours * 60) });
  return (
    <Section title={t('sign_in.title')}>
      <Facts
        of={[
          [t('sign_in.origin'), of.origin],
          [t('sign_in.patients'), lasts(of.patients)],
          [t('sign_in.staff'), lasts(of.staff)],
          [t('sign_in.access'), length(t, of.access_minutes)],
          [t('sign_in.texts'), of.text_messages?.join(', ') ?? t('sign_in.no_texts')],
        ]}
      />
    </Section>
  );
}

/** A length of time in the largest unit in which it is whole. */
function length(t: ReturnType<typeof useTranslation<'settings'>>['t'], minutes: number): string {
  if (minutes % 1440 === 0) return t('days', { count: minutes / 1440 });
  if (minutes % 60 === 0) return t('hours', { count: minutes / 60 });
  return t('minutes', { count: minutes });
}

function Retention({ of }: { of: Settings['retention'] }) {
  const { t } = useTranslation('settings');
  const reason = useReason();
  return (
    <Section title={t('retention.title')}>
      <Typography>{t('retention.text', { count: of.grace_days })}</Typography>
      <Table
        caption={t('retention.rules', { version: of.version })}
        rows={of.rules}
        id={({ id }) => id}
        columns={[
          {
            name: t('retention.keeps'),
            cell: ({ keeps }) => keeps.map((kind) => t(`keeps.${kind}`)).join(', '),
          },
          { name: t('retention.term'), cell: (rule) => <Term of={rule} /> },
          { name: t('retention.why'), cell: ({ id, reason: said }) => reason(id, said) },
          { name: t('retention.law'), cell: ({ source }) => source },
        ]}
      />
    </Section>
  );
}

function Term({ of }: { of: RetentionRule }) {
  const { t } = useTranslation('settings');
  const years = of.years > 0 && t('years', { count: of.years });
  const months = of.months > 0 && t('months', { count: of.months });
  return (
    <>
      {[years, months].filter(Boolean).join(', ')} {t(`since.${of.since}`)}
    </>
  );
}
