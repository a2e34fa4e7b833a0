import { useTranslation } from 'react-i18next';
import type { Problem } from '@/api/problem';
import { told } from './told';

/** What is wrong, and what to do about it. */
export default function Told({
  problem,
  mended,
}: {
  problem: Problem;
  mended: string | undefined;
}) {
  // Another language, another text.
  useTranslation('patterns');
  const { title, mend } = told(problem);
  return (
    <>
      <p>
        <strong>{title}</strong>
      </p>
      <p>{mended ?? mend}</p>
    </>
  );
}
