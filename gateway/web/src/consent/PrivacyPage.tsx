import {
  mdiAccountMultipleOutline,
  mdiDeleteOutline,
  mdiDownloadOutline,
  mdiEyeOutline,
} from '@mdi/js';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useActing, usePatient } from '@/app/patient';
import { Empty } from '@/patterns/Empty';
import { LinkCard } from '@/patterns/LinkCard';
import { Loaded } from '@/patterns/Loaded';
import { Page } from '@/patterns/Page';
import { LinkButton } from '@/patterns/Press';
import { ConsentCard, isOver } from './ConsentCard';
import { type Consent, consentsQuery } from './queries';

/** Where a patient's privacy begins: who asks, who may see what, and what else can be done. */
export function PrivacyPage() {
  const { t } = useTranslation('consent');
  const consents = useQuery(consentsQuery(usePatient()));
  const give = <LinkButton to="/privacy/give">{t('home.give')}</LinkButton>;
  return (
    <Page title={t('home.title')} actions={give}>
      <Loaded query={consents} lines={3}>
        {(all) => <Consents all={all} />}
      </Loaded>
      <Places />
    </Page>
  );
}

function Consents({ all }: { all: readonly Consent[] }) {
  const { t } = useTranslation('consent');
  const asked = all.filter(({ state }) => state === 'requested');
  const granted = all.filter(({ state }) => state === 'granted');
  const over = all.filter(isOver);
  return (
    <>
      {asked.length > 0 && (
        <Section title={t('home.asked')}>
          <Cards of={asked} />
        </Section>
      )}
      <Section title={t('home.granted')}>
        {granted.length === 0 ? <Empty>{t('home.none')}</Empty> : <Cards of={granted} />}
      </Section>
      {over.length > 0 && (
        <details>
          <Typography component="summary" sx={{ minHeight: 44, cursor: 'pointer', py: 1 }}>
            {t('home.over', { count: over.length })}
          </Typography>
          <Cards of={over} />
        </details>
      )}
    </>
  );
}

function Cards({ of }: { of: readonly Consent[] }) {
  return (
    <Stack spacing={1.5}>
      {of.map((consent) => (
        <ConsentCard key={consent.id} consent={consent} />
      ))}
    </Stack>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Stack component="section" spacing={1.5}>
      <Typography variant="h2">{title}</Typography>
      {children}
    </Stack>
  );
}

function Places() {
  const { t } = useTranslation('consent');
  const acting = useActing();
  const patient = usePatient();
  return (
    <Section title={t('home.more')}>
      <LinkCard to="/privacy/accesses" icon={mdiEyeOutline} title={t('home.accesses')}>
        {t('home.accesses_text')}
      </LinkCard>
      <LinkCard to="/privacy/export" icon={mdiDownloadOutline} title={t('home.export')}>
        {t('home.export_text')}
      </LinkCard>
      {acting === undefined && (
        <LinkCard to="/family" icon={mdiAccountMultipleOutline} title={t('home.family')}>
          {t('home.family_text')}
        </LinkCard>
      )}
      <LinkCard to="/privacy/erasure" icon={mdiDeleteOutline} title={t('home.erasure')}>
        {t('home.erasure_text')}
      </LinkCard>
      <div>
        <Typography>
          {t('home.number')}:{' '}
          <Typography component="span" sx={MONO}>
            {patient}
          </Typography>
        </Typography>
        <Typography variant="body2" color="text.secondary">
          {t('home.number_text')}
        </Typography>
      </div>
    </Section>
  );
}

const MONO = { fontFamily: 'monospace', overflowWrap: 'anywhere' } as const;
