import { type ReactNode, useEffect, useRef } from 'react';

/**
 * A page: its title, what can be done, and what it shows. The title goes into the tab, so it
 * must name no person; whoever comes to the page by keyboard or hears it read starts there.
 */
export function Page(props: {
  title: string;
  actions?: ReactNode;
  /** For tables of many columns: as wide as the screen is, rather than as text is read well. */
  wide?: boolean;
  children: ReactNode;
}) {
  const { title, actions, wide, children } = props;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · MediLink`;
  }, [title]);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return (
    <section className="page stack wide" data-wide={wide}>
      <div className="row">
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {actions}
      </div>
      {children}
    </section>
  );
}
