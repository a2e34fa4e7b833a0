import Stack from '@mui/material/Stack';
import { useTranslation } from 'react-i18next';
import { api } from '@/api/client';
import { say } from '@/app/say';
import { Confirm } from '@/patterns/Confirm';
import { Section } from '@/patterns/Section';
import { ReasonDialog, WHY_DISABLED, WHY_REMOVED } from './ReasonDialog';

/**
 * What can be done with the account of somebody by whoever answers for them: what applies to it as
 * it is, or both where that isn't known.
 */
export function Account({ member }: { member: { id: string; disabled?: boolean } }) {
  const { t } = useTranslation('staff');
  const params = { path: { id: member.id } };
  return (
    <Section title={t('account.title')}>
      <span>{t('account.about')}</span>
      <Stack direction="row" sx={{ gap: 1, flexWrap: 'wrap', '&&': { mx: -1 } }}>
        {member.disabled !== true && (
          <ReasonDialog
            does={t('account.disable.do')}
            text={t('account.disable.text')}
            reasons={WHY_DISABLED}
            done={t('account.disable.done')}
            send={(reason) => api.POST('/v1/accounts/{id}/disable', { params, body: { reason } })}
          />
        )}
        {member.disabled !== false && (
          <Confirm
            does={t('account.enable.do')}
            title={t('account.enable.title')}
            variant="text"
            send={() => api.POST('/v1/accounts/{id}/enable', { params })}
            done={() => say({ text: t('account.enable.done') })}
          >
            {t('account.enable.text')}
          </Confirm>
        )}
        <ReasonDialog
          does={t('account.factors.do')}
          text={t('account.factors.text')}
          reasons={WHY_REMOVED}
          done={t('account.factors.done')}
          send={(reason) =>
            api.POST('/v1/accounts/{id}/remove-second-factors', { params, body: { reason } })
          }
        />
      </Stack>
    </Section>
  );
}
