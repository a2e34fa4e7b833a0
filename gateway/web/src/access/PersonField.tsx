import TextField from '@mui/material/TextField';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useFormContext } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { hospitalsQuery } from '@/hospital/queries';
import { Failure } from '@/patterns/Failure';
import { Field } from '@/patterns/form';
import { Row } from '@/patterns/Row';
import { staffQuery } from '@/staff/queries';

/** Who it is: by their number, or chosen from those who work at a hospital. */
export function PersonField(props: { name: string; label: string; required?: boolean }) {
  const { name, label, required = true } = props;
  const { t } = useTranslation(['access', 'app']);
  const { setValue, watch } = useFormContext();
  const [hospital, setHospital] = useState('');
  const hospitals = useQuery(hospitalsQuery());
  const members = useQuery({ ...staffQuery(hospital), enabled: hospital !== '' });
  const chosen: string = watch(name);
  const people = (members.data ?? []).map(({ id, name: called, roles }) => ({
    id,
    name: [called ?? id, ...roles.map(({ role }) => t(`app:roles.${role}`))].join(', '),
  }));
  return (
    <>
      <Row>
        <Select
          label={t('person.hospital')}
          value={hospital}
          options={hospitals.data ?? []}
          choose={setHospital}
        />
        <Select
          label={t('person.member')}
          value={people.some(({ id }) => id === chosen) ? chosen : ''}
          options={people}
          choose={(id) => setValue(name, id, { shouldValidate: true })}
          disabled={members.data === undefined}
        />
      </Row>
      {members.isError && <Failure error={members.error} />}
      <Field
        name={name}
        label={label}
        required={required}
        helperText={t('person.hint')}
        autoComplete="off"
        slotProps={{ inputLabel: { shrink: true } }}
      />
    </>
  );
}

function Select(props: {
  label: string;
  value: string;
  options: readonly { id: string; name: string }[];
  choose: (id: string) => void;
  disabled?: boolean;
}) {
  const { label, value, options, choose, disabled = false } = props;
  return (
    <TextField
      select
      fullWidth
      label={label}
      value={value}
      disabled={disabled}
      onChange={({ target }) => choose(target.value)}
      slotProps={{ select: { native: true }, inputLabel: { shrink: true } }}
    >
      <option value="" />
      {options.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </TextField>
  );
}
