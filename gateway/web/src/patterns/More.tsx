import Button from '@mui/material/Button';
import { useTranslation } from 'react-i18next';

/** The way on in a list that comes part by part; nothing when all of it is there. */
export function More({
  query,
}: {
  query: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown };
}) {
  const { t } = useTranslation('patterns');
  if (!query.hasNextPage) return null;
  return (
    <Button
      variant="outlined"
      sx={{ alignSelf: 'center' }}
      loading={query.isFetchingNextPage}
      onClick={() => void query.fetchNextPage()}
    >
      {t('more')}
    </Button>
  );
}
