import Button from '@mui/material/Button';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answered, api } from '@/api/client';
import { useWritten } from '@/i18n/written';
import { Failure } from '@/patterns/Failure';
import { save } from '@/patterns/save';
import type { Export } from './queries';

interface Given {
  readonly secret: string;
  /** When the link stops to work. */
  readonly until: number;
}

/**
 * Fetches a copy: a link is asked for, which takes a fresh proof of who is there, and the file
 * is read through it. The link works for this sign-in alone, and is kept nowhere.
 */
export function Fetch({ copy }: { copy: Export }) {
  const { t } = useTranslation('export');
  const written = useWritten();
  const [link, setLink] = useState<Given>();
  const fetched = useMutation({
    mutationFn: async () => {
      let given = link;
      if (given === undefined || given.until <= Date.now()) {
        given = await linkTo(copy.id);
        setLink(given);
      }
      const file = await answered(
        api.GET('/v1/export-files/{secret}', {
          params: { path: { secret: given.secret } },
          parseAs: 'blob',
        }),
      );
      save(`medilink-${copy.id}.zip`, file as unknown as Blob);
    },
  });
  return (
    <Stack spacing={1} sx={{ alignItems: 'flex-start' }}>
      {copy.expires_at && (
        <Typography>
          {t('ready', {
            time: written.moment(copy.expires_at),
            size: megabytes(copy.size ?? 0, written.number),
          })}
        </Typography>
      )}
      <Button variant="contained" loading={fetched.isPending} onClick={() => fetched.mutate()}>
        {t('fetch')}
      </Button>
      {fetched.isError && <Failure error={fetched.error} />}
      {link && (
        <Typography role="status" variant="body2">
          {t(fetched.isSuccess ? 'fetched' : 'link', {
            time: written.time(new Date(link.until).toISOString()),
          })}
        </Typography>
      )}
      <Typography variant="body2" color="text.secondary">
        {t('careful')}
      </Typography>
    </Stack>
  );
}

async function linkTo(id: string): Promise<Given> {
  const { path, expires_in } = await answered(
    api.POST('/v1/exports/{id}/link', { params: { path: { id } } }),
  );
  const secret = decodeURIComponent(path.slice(path.lastIndexOf('/') + 1));
  return { secret, until: Date.now() + expires_in * 1000 };
}

function megabytes(size: number, number: (value: number) => string): string {
  return number(Math.max(0.1, Math.round(size / 100_000) / 10));
}
