import Stack from '@mui/material/Stack';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '@/api/client';
import { useRolesAt } from '@/app/roles';
import type { Hospital } from '@/hospital/queries';
import { Site } from '@/hospital/Site';
import { Confirm } from '@/patterns/Confirm';
import { FormDialog } from '@/patterns/FormDialog';
import { Loaded } from '@/patterns/Loaded';
import { Table } from '@/patterns/Table';
import { visitTypesRoute } from './pages';
import { type VisitType, visitTypesQuery } from './queries';
import { VisitTypeForm } from './VisitTypeForm';

const classesOf = (site: Hospital) => [...new Set(site.assets.map((asset) => asset.class))];

/** The kinds of visits that a hospital offers. */
export function VisitTypesPage() {
  const { t } = useTranslation('visit_type');
  const { hospital } = visitTypesRoute.useParams();
  const types = useQuery(visitTypesQuery(hospital));
  const manages = useRolesAt(hospital).includes('administrator');
  const add = (site: Hospital) =>
    manages && (
      <FormDialog does={t('add')} title={t('add')} variant="contained">
        {(close) => <VisitTypeForm hospital={hospital} classes={classesOf(site)} close={close} />}
      </FormDialog>
    );
  return (
    <Site wide hospital={hospital} title={t('title')} actions={add}>
      {(site) => (
        <Loaded query={types}>
          {(items) => (
            <Table
              none={t('none')}
              headed
              caption={t('title')}
              rows={items}
              id={({ id }) => id}
              columns={[
                { name: t('name'), cell: ({ name }) => name },
                { name: t('minutes'), number: true, cell: ({ minutes }) => minutes },
                {
                  name: t('around'),
                  cell: (type) =>
                    type.buffer_before + type.buffer_after > 0 &&
                    t('buffers', { before: type.buffer_before, after: type.buffer_after }),
                },
                {
                  name: t('modes'),
                  cell: ({ modes }) => modes.map((mode) => t(`mode.${mode}`)).join(', '),
                },
                { name: t('needs'), cell: ({ needs }) => needs.join(', ') },
                { name: t('price'), cell: ({ price }) => price },
                ...(manages
                  ? [
                      {
                        name: t('change'),
                        cell: (type: VisitType) => <Changes site={site} type={type} />,
                      },
                    ]
                  : []),
              ]}
            />
          )}
        </Loaded>
      )}
    </Site>
  );
}

function Changes({ site, type }: { site: Hospital; type: VisitType }) {
  const { t } = useTranslation('visit_type');
  return (
    <Stack direction="row" sx={{ gap: 1, flexWrap: 'wrap' }}>
      <FormDialog
        does={t('change')}
        label={t('changes', { name: type.name })}
        title={t('changes', { name: type.name })}
        variant="text"
      >
        {(close) => (
          <VisitTypeForm hospital={site.id} type={type} classes={classesOf(site)} close={close} />
        )}
      </FormDialog>
      <Confirm
        does={t('retire')}
        title={t('gone', { name: type.name })}
        variant="text"
        color="error"
        send={() => api.DELETE('/v1/visit-types/{id}', { params: { path: { id: type.id } } })}
      >
        {t('meaning')}
      </Confirm>
    </Stack>
  );
}
