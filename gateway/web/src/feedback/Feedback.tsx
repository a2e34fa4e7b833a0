import FormControlLabel from '@mui/material/FormControlLabel';
import FormLabel from '@mui/material/FormLabel';
import Paper from '@mui/material/Paper';
import Radio from '@mui/material/Radio';
import RadioGroup from '@mui/material/RadioGroup';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { Controller } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { answered, api } from '@/api/client';
import type { Appointment } from '@/appointment/queries';
import { Field, Form, useCommandForm } from '@/patterns/form';
import { Loaded } from '@/patterns/Loaded';
import { feedbackQuery } from './queries';

const STARS = [5, 4, 3, 2, 1] as const;

/** What the patient says of a visit that is over, once. */
export function Feedback({ visit }: { visit: Appointment }) {
  const { t } = useTranslation('feedback');
  const given = useQuery(feedbackQuery(visit.id));
  return (
    <Paper sx={{ p: { xs: 2, md: 3 } }}>
      <Stack spacing={2}>
        <Typography variant="h2">{t('title')}</Typography>
        <Loaded query={given} lines={1}>
          {(feedback) =>
            feedback === null ? (
              <GiveForm visit={visit} />
            ) : (
              <>
                <Typography>{t(`stars.${feedback.rating as 5}`)}</Typography>
                {feedback.comment && <Typography>{feedback.comment}</Typography>}
                <Typography color="textSecondary">{t('thanks')}</Typography>
              </>
            )
          }
        </Loaded>
      </Stack>
    </Paper>
  );
}

function GiveForm({ visit }: { visit: Appointment }) {
  const { t } = useTranslation('feedback');
  const given = useCommandForm({
    values: { rating: '', comment: '' },
    send: ({ rating, comment }) =>
      answered(
        api.POST('/v1/appointments/{id}/feedback', {
          params: { path: { id: visit.id } },
          body: { rating: Number(rating), ...(comment.trim() && { comment: comment.trim() }) },
        }),
      ),
  });
  return (
    <Form of={given} submit={t('send')}>
      <Typography color="textSecondary">{t('why')}</Typography>
      <Controller
        name="rating"
        control={given.form.control}
        rules={{ required: true }}
        render={({ field, fieldState }) => (
          <div>
            <FormLabel id="rating" required error={fieldState.invalid}>
              {t('rating')}
            </FormLabel>
            <RadioGroup {...field} aria-labelledby="rating">
              {STARS.map((stars) => (
                <FormControlLabel
                  key={stars}
                  value={String(stars)}
                  control={<Radio />}
                  label={t(`stars.${stars}`)}
                />
              ))}
            </RadioGroup>
          </div>
        )}
      />
      <Field name="comment" required={false} multiline minRows={3} label={t('comment')} />
    </Form>
  );
}
