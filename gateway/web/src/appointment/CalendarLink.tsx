import Button from '@mui/material/Button';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answered, api } from '@/api/client';
import { say } from '@/app/say';
import { Failure } from '@/patterns/Failure';
import { Note } from '@/patterns/Note';

/** A link that a calendar program subscribes to; shown once, as whoever has it sees the visits. */
export function CalendarLink() {
  const { t } = useTranslation('appointment');
  const opened = useMutation({
    mutationFn: () => answered(api.POST('/v1/me/calendar-feeds')),
  });
  if (opened.data !== undefined) {
    const link = new URL(opened.data.path, location.origin).href;
    const copy = async () => {
      await navigator.clipboard.writeText(link);
      say({ text: t('calendar.copied') });
    };
    return (
      <Note
        tone="info"
        role="status"
        actions={<Button onClick={copy}>{t('calendar.copy')}</Button>}
      >
        <p>{t('calendar.once')}</p>
        <p>
          <code>{link}</code>
        </p>
      </Note>
    );
  }
  return (
    <Stack spacing={1} sx={{ alignItems: 'flex-start' }}>
      <Typography variant="h2">{t('calendar.title')}</Typography>
      <Typography color="textSecondary">{t('calendar.text')}</Typography>
      {opened.isError && <Failure error={opened.error} />}
      <Button variant="outlined" loading={opened.isPending} onClick={() => opened.mutate()}>
        {t('calendar.make')}
      </Button>
    </Stack>
  );
}
