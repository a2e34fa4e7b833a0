import MenuItem from '@mui/material/MenuItem';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answered, api } from '@/api/client';
import { usePatient } from '@/app/patient';
import { say } from '@/app/say';
import { type Hospital, hospitalsQuery } from '@/hospital/queries';
import { Field, Form, useCommandForm } from '@/patterns/form';
import { Loaded } from '@/patterns/Loaded';

const DAY = 24 * 60 * 60_000;
/** How many days are proposed. */
const PROPOSED = 28;

/** Waits for a slot with any doctor of a department, on any day of a period. */
export function JoinForm() {
  const hospitals = useQuery(hospitalsQuery());
  return (
    <Loaded query={hospitals} lines={2}>
      {(all) => <Wish hospitals={all} />}
    </Loaded>
  );
}

function day(away: number): string {
  return new Date(Date.now() + away * DAY).toLocaleDateString('sv-SE');
}

function Wish({ hospitals }: { hospitals: readonly Hospital[] }) {
  const { t } = useTranslation('waitlist');
  const person = usePatient();
  const departments = hospitals.flatMap((hospital) =>
    hospital.departments.map((department) => ({
      id: department.id,
      hospital: hospital.id,
      name: `${department.name}, ${hospital.name}`,
    })),
  );
  const joined = useCommandForm({
    values: { department: '', from: day(0), until: day(PROPOSED) },
    fields: { '/preferences': 'until', '/preferences/0/until': 'until' },
    send: ({ department, from, until }) => {
      const chosen = departments.find(({ id }) => id === department);
      return answered(
        api.POST('/v1/waitlist', {
          body: {
            patient: person,
            hospital: chosen?.hospital ?? '',
            department,
            preferences: [{ from, until }],
          },
        }),
      );
    },
    done() {
      joined.form.reset();
      say({ text: t('join.done') });
    },
  });
  return (
    <Form of={joined} submit={t('join.go')}>
      <Field name="department" select defaultValue="" label={t('join.department')}>
        {departments.map(({ id, name }) => (
          <MenuItem key={id} value={id}>
            {name}
          </MenuItem>
        ))}
      </Field>
      <Field
        name="from"
        type="date"
        label={t('join.from')}
        slotProps={{ inputLabel: { shrink: true } }}
      />
      <Field
        name="until"
        type="date"
        label={t('join.until')}
        helperText={t('join.why')}
        slotProps={{ inputLabel: { shrink: true } }}
      />
    </Form>
  );
}
