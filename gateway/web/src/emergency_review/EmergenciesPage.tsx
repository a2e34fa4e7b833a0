import ToggleButton from '@mui/material/ToggleButton';
import ToggleButtonGroup from '@mui/material/ToggleButtonGroup';
import Typography from '@mui/material/Typography';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { doctorQuery } from '@/doctor/queries';
import { hospitalQuery } from '@/hospital/queries';
import { useWritten } from '@/i18n/written';
import { Empty } from '@/patterns/Empty';
import { Loaded } from '@/patterns/Loaded';
import { More } from '@/patterns/More';
import { Page } from '@/patterns/Page';
import { Table } from '@/patterns/Table';
import { type EmergencyAccess, type EmergencyState, emergenciesQuery, STATES } from './queries';

/** Records that were opened in emergencies: those to look into first. */
export function EmergenciesPage() {
  const { t } = useTranslation('emergency_review');
  const [state, setState] = useState<EmergencyState>('awaiting-review');
  const accesses = useInfiniteQuery(emergenciesQuery(state));
  return (
    <Page title={t('list.title')}>
      <Typography>{t('list.text')}</Typography>
      <ToggleButtonGroup
        exclusive
        aria-label={t('fact.state')}
        value={state}
        onChange={(_, wanted: EmergencyState | null) => wanted && setState(wanted)}
        sx={{ flexWrap: 'wrap' }}
      >
        {STATES.map((each) => (
          <ToggleButton key={each} value={each}>
            {t(`state.${each}`)}
          </ToggleButton>
        ))}
      </ToggleButtonGroup>
      <Loaded query={accesses} lines={4}>
        {(all) => {
          if (all.length === 0) return <Empty>{t(`list.none.${state}`)}</Empty>;
          return (
            <>
              <Accesses rows={all} caption={t(`state.${state}`)} />
              <More query={accesses} />
            </>
          );
        }}
      </Loaded>
    </Page>
  );
}

function Accesses({ rows, caption }: { rows: readonly EmergencyAccess[]; caption: string }) {
  const { t } = useTranslation('emergency_review');
  return (
    <Table
      caption={caption}
      rows={rows}
      id={({ id }) => id}
      columns={[
        { name: t('fact.opened'), cell: (row) => <Opened of={row} /> },
        { name: t('fact.who'), cell: (row) => <Clinician id={row.clinician} /> },
        { name: t('fact.hospital'), cell: (row) => <Hospital id={row.hospital} /> },
        { name: t('fact.reason'), cell: (row) => t(`reason.${row.reason}`) },
      ]}
    />
  );
}

function Opened({ of }: { of: EmergencyAccess }) {
  const written = useWritten();
  const zone = useQuery(hospitalQuery(of.hospital)).data?.time_zone;
  return (
    <Link to="/compliance/emergencies/$id" params={{ id: of.id }}>
      {written.moment(of.opened_at, zone)}
    </Link>
  );
}

function Clinician({ id }: { id: string }) {
  const { t } = useTranslation('emergency_review');
  const doctor = useQuery(doctorQuery(id)).data;
  return <>{doctor?.name ?? t('somebody')}</>;
}

function Hospital({ id }: { id: string }) {
  return <>{useQuery(hospitalQuery(id)).data?.name}</>;
}
