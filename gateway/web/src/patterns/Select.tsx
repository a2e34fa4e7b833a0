import TextField, { type TextFieldProps } from '@mui/material/TextField';
import type { Options } from './choices';

/** One of several, outside of a form: it has its effect at once. The device's own list. */
export function Select<Value extends string>(
  props: Pick<TextFieldProps, 'label' | 'size' | 'sx' | 'disabled' | 'fullWidth'> & {
    value: Value;
    options: Options<Value>;
    choose: (value: Value) => void;
  },
) {
  const { options, choose, ...rest } = props;
  return (
    <TextField
      {...rest}
      select
      onChange={({ target }) => choose(target.value as Value)}
      slotProps={{ select: { native: true }, inputLabel: { shrink: true } }}
    >
      {options.map(([value, name]) => (
        <option key={value} value={value}>
          {name}
        </option>
      ))}
    </TextField>
  );
}
