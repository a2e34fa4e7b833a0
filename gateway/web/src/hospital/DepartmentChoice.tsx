import { Choice } from '@/patterns/choices';
import type { Hospital } from './queries';

/** One of a hospital's departments, in a form: its field is `department`. */
export function DepartmentChoice(props: {
  site: Hospital;
  label: string;
  /** What it says while none is chosen. */
  none: string;
  required: boolean;
}) {
  const { site, ...rest } = props;
  return (
    <Choice
      {...rest}
      name="department"
      options={site.departments.map(({ id, name }) => [id, name] as const)}
    />
  );
}
