import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { doctorsQuery } from '@/doctor/all';
import { hospitalsQuery } from '@/hospital/queries';
import { integratorsQuery } from '@/integrator/queries';
import { Alternatives } from '@/patterns/Alternatives';
import { Choice } from '@/patterns/choices';
import { Form, useCommandForm } from '@/patterns/form';
import { Loaded } from '@/patterns/Loaded';
import type { Grantee } from './queries';

interface Values {
  kind: Grantee['kind'];
  hospital: string;
  id: string;
}

const KINDS = ['person', 'department', 'hospital', 'integrator'] as const;

/** To whom a consent goes: somebody or some place of the directory, or a program. */
export function WhoStep({ done }: { done: (who: Grantee) => void }) {
  const { t } = useTranslation('consent');
  const hospitals = useQuery(hospitalsQuery());
  const programs = useQuery(integratorsQuery);
  const form = useCommandForm<Values, Grantee>({
    values: { kind: 'person', hospital: '', id: '' },
    send: async ({ kind, hospital, id }) => {
      if (kind === 'hospital') return { kind, id: hospital };
      return { kind, id, ...(kind === 'department' && { hospital }) };
    },
    done,
  });
  const kind = form.form.watch('kind');
  const hospital = form.form.watch('hospital');
  const doctors = useQuery({ ...doctorsQuery(hospital), enabled: hospital !== '' });
  return (
    <Loaded query={hospitals} lines={3}>
      {(all) => {
        const chosen = all.find(({ id }) => id === hospital);
        return (
          <Form of={form} submit={t('give.next')}>
            <Alternatives
              name="kind"
              kind="one"
              label={t('who.kind')}
              options={KINDS.map((each) => ({
                value: each,
                label: t(`who.${each}`),
                note: t(`who.${each}_note`),
              }))}
            />
            {kind !== 'integrator' && (
              <Choice none="" name="hospital" label={t('who.of')} options={all.map(named)} />
            )}
            {kind === 'person' && hospital !== '' && (
              <Loaded query={doctors} lines={1}>
                {(known) => (
                  <Choice
                    none=""
                    key={hospital}
                    name="id"
                    label={t('who.doctor')}
                    options={known.map(named)}
                    {...(known.length === 0 && { hint: t('who.no_doctor') })}
                  />
                )}
              </Loaded>
            )}
            {kind === 'department' && chosen && (
              <Choice
                none=""
                key={hospital}
                name="id"
                label={t('who.department')}
                options={chosen.departments.map(named)}
              />
            )}
            {kind === 'integrator' && (
              <Loaded query={programs} lines={1}>
                {(known) => (
                  <Choice
                    none=""
                    name="id"
                    label={t('who.integrator')}
                    options={known.filter(({ active }) => active).map(named)}
                    helperText={t('who.integrator_hint')}
                  />
                )}
              </Loaded>
            )}
          </Form>
        );
      }}
    </Loaded>
  );
}

function named({ id, name }: { id: string; name: string }) {
  return [id, name] as const;
}
