import Button from '@mui/material/Button';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answered, api } from '@/api/client';
import type { components } from '@/api/schema';
import { deviceName } from '@/session/device';
import { PasskeyFailure } from '@/session/Factors';
import { makePasskey } from '@/session/passkey';

type Changed = components['schemas']['SecondFactorChangedOut'];

/** A passkey of this device, named after it. */
export function NewPasskey({ changed }: { changed: (change: Changed) => void }) {
  const { t } = useTranslation('second_factor');
  const made = useMutation({
    mutationFn: async () => {
      const question = await answered(api.POST('/v1/me/second-factors/passkey-question'));
      const passkey = await makePasskey(question.options);
      return answered(
        api.POST('/v1/me/second-factors/passkeys', {
          body: { challenge: question.challenge, passkey, name: deviceName() },
        }),
      );
    },
    onSuccess: changed,
  });
  return (
    <>
      {made.isError && <PasskeyFailure error={made.error} />}
      <Button variant="outlined" loading={made.isPending} onClick={() => made.mutate()}>
        {t('passkey.add')}
      </Button>
    </>
  );
}
