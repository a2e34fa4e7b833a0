import Paper from '@mui/material/Paper';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useWritten } from '@/i18n/written';
import { Empty } from '@/patterns/Empty';
import { Loaded } from '@/patterns/Loaded';
import { Page } from '@/patterns/Page';
import { LinkButton } from '@/patterns/Press';
import { useAccess } from '@/session/store';
import { type Dependant, dependantsQuery } from './queries';

/** The minors for whom one decides, and the ways to what is theirs. */
export function FamilyPage() {
  const { t } = useTranslation('guardian');
  const dependants = useQuery(dependantsQuery(useAccess().person));
  const add = (
    <LinkButton to="/family/new" search={{ for: undefined }}>
      {t('family.add')}
    </LinkButton>
  );
  return (
    <Page title={t('family.title')} actions={add}>
      <Typography>{t('family.text')}</Typography>
      <Loaded query={dependants} lines={2}>
        {(all) =>
          all.length === 0 ? (
            <Empty>{t('family.none')}</Empty>
          ) : (
            <Stack spacing={1.5}>
              {all.map((child) => (
                <Child key={child.id} child={child} />
              ))}
            </Stack>
          )
        }
      </Loaded>
      <Typography variant="body2" color="text.secondary">
        {t('family.change')}
      </Typography>
    </Page>
  );
}

function Child({ child }: { child: Dependant }) {
  const { t } = useTranslation('guardian');
  const written = useWritten();
  const search = { for: child.id };
  return (
    <Paper sx={{ p: 2 }}>
      <Typography variant="h2">{child.name}</Typography>
      <Typography color="text.secondary">
        {[
          child.date_of_birth && t('family.born', { day: written.date(child.date_of_birth) }),
          t('family.until', { day: written.date(child.until) }),
        ]
          .filter(Boolean)
          .join(' · ')}
      </Typography>
      <Stack direction="row" sx={{ gap: 3, flexWrap: 'wrap', mt: 1.5, '& a': { py: 1 } }}>
        <Link to="/visits" search={search} aria-label={t('family.visits_of', { name: child.name })}>
          {t('family.visits')}
        </Link>
        <Link
          to="/privacy"
          search={search}
          aria-label={t('family.privacy_of', { name: child.name })}
        >
          {t('family.privacy')}
        </Link>
        <Link
          to="/account/profile"
          search={search}
          aria-label={t('family.profile_of', { name: child.name })}
        >
          {t('family.profile')}
        </Link>
      </Stack>
    </Paper>
  );
}
