import Button from '@mui/material/Button';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answered, api } from '@/api/client';
import type { components } from '@/api/schema';
import { Confirm } from '@/patterns/Confirm';
import { Loaded } from '@/patterns/Loaded';
import { Note } from '@/patterns/Note';
import { hasPasskeys } from '@/session/passkey';
import { useAccess } from '@/session/store';
import { BackupCodes } from './BackupCodes';
import { NewPasskey } from './NewPasskey';
import { type Factors, secondFactorsQuery } from './queries';
import { TextedCodes } from './TextedCodes';
import { TotpSetup } from './TotpSetup';

type Changed = components['schemas']['SecondFactorChangedOut'];

/** What signing in takes besides the password, and how to have more or less of it. */
export function SecondFactors() {
  const { t } = useTranslation('second_factor');
  const own = useQuery(secondFactorsQuery(useAccess().person));
  const [codes, setCodes] = useState<readonly string[]>([]);
  const changed = (change: Changed) => {
    if (change.backup_codes.length > 0) setCodes(change.backup_codes);
  };
  return (
    <Loaded query={own} lines={3}>
      {(factors) => (
        <Stack spacing={3}>
          {!factors.on && <Note tone="warning">{t('none')}</Note>}
          {codes.length > 0 && <BackupCodes codes={codes} done={() => setCodes([])} />}
          <Totp factors={factors} changed={changed} />
          {hasPasskeys() && <Passkeys factors={factors} changed={changed} />}
          <Mail factors={factors} changed={changed} />
          {factors.sms_offered && <TextedCodes factors={factors} changed={changed} />}
          {factors.on && (
            <One
              title={t('backup.title')}
              text={t('backup.left', { count: factors.backup_codes_left })}
            >
              <Confirm
                does={t('backup.new')}
                title={t('backup.new')}
                send={async () =>
                  changed(await answered(api.POST('/v1/me/second-factors/backup-codes')))
                }
              >
                {t('backup.new_text')}
              </Confirm>
            </One>
          )}
        </Stack>
      )}
    </Loaded>
  );
}

export interface FactorProps {
  readonly factors: Factors;
  readonly changed: (change: Changed) => void;
}

/** One factor: what it is, how it stands, and what can be done. */
export function One(props: { title: string; text: string; children: ReactNode }) {
  return (
    <Stack spacing={1}>
      <Typography variant="h3">{props.title}</Typography>
      <Typography color="textSecondary">{props.text}</Typography>
      <Stack spacing={1.5} sx={{ alignItems: 'flex-start' }}>
        {props.children}
      </Stack>
    </Stack>
  );
}

function Totp({ factors, changed }: FactorProps) {
  const { t } = useTranslation('second_factor');
  const [open, setOpen] = useState(false);
  return (
    <One title={t('totp.title')} text={t(factors.totp ? 'totp.on' : 'totp.off')}>
      {factors.totp && (
        <Confirm
          does={t('totp.remove')}
          title={t('totp.remove')}
          color="error"
          send={async () => changed(await answered(api.DELETE('/v1/me/second-factors/totp')))}
        >
          {t('remove_text')}
        </Confirm>
      )}
      {!factors.totp && !open && (
        <Button variant="outlined" onClick={() => setOpen(true)}>
          {t('totp.add')}
        </Button>
      )}
      {!factors.totp && open && (
        <TotpSetup
          done={(change) => {
            setOpen(false);
            changed(change);
          }}
        />
      )}
    </One>
  );
}

function Passkeys({ factors, changed }: FactorProps) {
  const { t } = useTranslation('second_factor');
  return (
    <One title={t('passkey.title')} text={t('passkey.text')}>
      {factors.passkeys.map(({ id, name }) => (
        <Stack key={id} direction="row" sx={{ gap: 1.5, alignItems: 'center', flexWrap: 'wrap' }}>
          <Typography>{name}</Typography>
          <Confirm
            does={t('passkey.remove')}
            title={name}
            color="error"
            send={async () =>
              changed(
                await answered(
                  api.DELETE('/v1/me/second-factors/passkeys/{id}', { params: { path: { id } } }),
                ),
              )
            }
          >
            {t('remove_text')}
          </Confirm>
        </Stack>
      ))}
      <NewPasskey changed={changed} />
    </One>
  );
}

function Mail({ factors, changed }: FactorProps) {
  const { t } = useTranslation('second_factor');
  const does = factors.mail ? t('mail.remove') : t('mail.add');
  return (
    <One title={t('mail.title')} text={t(factors.mail ? 'mail.on' : 'mail.off')}>
      <Confirm
        does={does}
        title={does}
        {...(factors.mail && { color: 'error' as const })}
        send={async () =>
          changed(
            await answered(
              factors.mail
                ? api.DELETE('/v1/me/second-factors/mail')
                : api.PUT('/v1/me/second-factors/mail'),
            ),
          )
        }
      >
        {t(factors.mail ? 'remove_text' : 'mail.add_text')}
      </Confirm>
    </One>
  );
}
