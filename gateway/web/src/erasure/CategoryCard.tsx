import Paper from '@mui/material/Paper';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { useTranslation } from 'react-i18next';
import { useWritten } from '@/i18n/written';
import { Tag } from '@/patterns/Note';
import type { Category, Erasure, Stage } from './queries';
import { useReason } from './reasons';

/** What becomes of one kind of data: when it is erased, and which law keeps it until then. */
export function CategoryCard({ of }: { of: Erasure['categories'][number] }) {
  const { t } = useTranslation('erasure');
  const written = useWritten();
  const reason = useReason();
  const { kept, erased_at } = of;
  return (
    <Paper sx={{ p: 2 }}>
      <Stack direction="row" sx={{ justifyContent: 'space-between', gap: 1, flexWrap: 'wrap' }}>
        <Typography variant="h3">{t(`category.${of.category as Category}`)}</Typography>
        <Tag>{t(`stage.${of.stage as Stage}`)}</Tag>
      </Stack>
      <Typography>
        {erased_at
          ? t('erased', { time: written.moment(erased_at) })
          : t('not_before', { day: written.day(of.not_before) })}
      </Typography>
      {!erased_at && kept && (
        <>
          <Typography>{reason(kept.rule, kept.reason)}</Typography>
          <Typography variant="body2" color="text.secondary">
            {kept.source ?? t('law', { law: kept.basis })}
          </Typography>
        </>
      )}
    </Paper>
  );
}
