import Button from '@mui/material/Button';
import { useTranslation } from 'react-i18next';
import { Failure } from './Failure';

/** The rest of a list that comes page by page: a button for as long as there is more. */
export function More(props: {
  query: {
    readonly hasNextPage: boolean;
    readonly isFetchingNextPage: boolean;
    readonly isFetchNextPageError: boolean;
    readonly error: unknown;
    fetchNextPage(): unknown;
  };
}) {
  const { query } = props;
  const { t } = useTranslation('patterns');
  const next = () => void query.fetchNextPage();
  if (query.isFetchNextPageError) return <Failure error={query.error} retry={next} />;
  if (!query.hasNextPage) return null;
  return (
    <Button
      variant="outlined"
      sx={{ alignSelf: 'center' }}
      loading={query.isFetchingNextPage}
      onClick={next}
    >
      {t('more')}
    </Button>
  );
}
