import Stack from '@mui/material/Stack';
import ToggleButton from '@mui/material/ToggleButton';
import ToggleButtonGroup from '@mui/material/ToggleButtonGroup';
import Typography from '@mui/material/Typography';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { usePatient } from '@/app/patient';
import { byDay } from '@/i18n/byDay';
import { useWritten } from '@/i18n/written';
import { Empty } from '@/patterns/Empty';
import { Loaded } from '@/patterns/Loaded';
import { More } from '@/patterns/More';
import { Page } from '@/patterns/Page';
import { AccessDay } from './AccessDay';
import { accessesQuery } from './queries';

/** Who saw a patient's data, and who wanted to and was refused, day by day in plain words. */
export function AccessesPage() {
  const { t } = useTranslation('access');
  const patient = usePatient();
  const { language } = useWritten();
  const [denied, setDenied] = useState(false);
  const accesses = useInfiniteQuery(accessesQuery(patient, language, denied || undefined));
  return (
    <Page title={t('mine.title')}>
      <Typography>{t('mine.text')}</Typography>
      <ToggleButtonGroup
        exclusive
        aria-label={t('mine.show')}
        value={denied}
        onChange={(_, wanted: boolean | null) => wanted !== null && setDenied(wanted)}
      >
        <ToggleButton value={false}>{t('mine.all')}</ToggleButton>
        <ToggleButton value={true}>{t('mine.refused')}</ToggleButton>
      </ToggleButtonGroup>
      <Loaded query={accesses} lines={4}>
        {(all) => {
          if (all.length === 0)
            return <Empty>{t(denied ? 'mine.none_refused' : 'mine.none')}</Empty>;
          return (
            <Stack spacing={2.5}>
              {byDay(all, ({ at }) => at).map(({ day, items }) => (
                <AccessDay key={day} day={day} accesses={items} />
              ))}
              <More query={accesses} />
            </Stack>
          );
        }}
      </Loaded>
    </Page>
  );
}
