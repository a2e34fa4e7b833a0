import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { Link } from '@tanstack/react-router';
import { FormProvider, useForm } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { answered, api } from '@/api/client';
import { Alternatives } from '@/patterns/Alternatives';
import { Confirm } from '@/patterns/Confirm';

const REASONS = ['leaves-the-hospital', 'wants-no-account', 'privacy', 'other'] as const;

/** What it means to be erased, and the request for it. */
export function AskErasure(props: { patient: string; done: (id: string, code: string) => void }) {
  const { patient, done } = props;
  const { t } = useTranslation('erasure');
  const form = useForm<{ reason: string }>({ defaultValues: { reason: 'leaves-the-hospital' } });
  const send = async () => {
    const asked = await answered(
      api.POST('/v1/patients/{id}/erasures', {
        params: { path: { id: patient } },
        body: form.getValues(),
      }),
    );
    done(asked.id, asked.certificate_code);
  };
  return (
    <Stack spacing={2} sx={{ alignItems: 'flex-start' }}>
      <Typography variant="h2">{t('means.title')}</Typography>
      <ul>
        {(['all', 'week', 'law', 'visits', 'account'] as const).map((point) => (
          <Typography key={point} component="li" sx={{ mb: 1 }}>
            {t(`means.${point}`)}
          </Typography>
        ))}
      </ul>
      <Typography>
        {t('means.copy')} <Link to="/privacy/export">{t('means.copy_link')}</Link>
      </Typography>
      <FormProvider {...form}>
        <Alternatives
          name="reason"
          kind="one"
          label={t('why.label')}
          hint={t('why.hint')}
          options={REASONS.map((reason) => ({ value: reason, label: t(`why.${reason}`) }))}
        />
      </FormProvider>
      <Confirm
        does={t('ask.do')}
        title={t('ask.title')}
        color="error"
        variant="contained"
        send={send}
      >
        <Typography>{t('ask.text')}</Typography>
      </Confirm>
    </Stack>
  );
}
