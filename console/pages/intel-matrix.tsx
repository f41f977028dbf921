import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Coverage, Layer } from '../../src/http/contract-intel-coverage.ts'
import { addLayer, deleteLayer, listLayers, navigatorLayerHref, readCoverage } from '../api/intel.ts'
import { readRuleCoverage } from '../api/rules.ts'
import { useMay } from '../api/session.ts'
import { Button, buttonClass } from '../components/button.tsx'
import { FileField, SelectField } from '../components/field.tsx'
import { PageHeading } from '../components/page-heading.tsx'
import { QueryState } from '../components/query-state.tsx'
import { toast, toastFailure } from '../components/toast.tsx'
import { AttackMatrix } from '../intel/attack-matrix.tsx'
import { useGo, useSearchValues } from '../router.tsx'
import { attackDomainsText } from '../text/attack-domains.ts'
import { visibleText } from '../text/visible-text.ts'

/** The ATT&CK matrix: reports against alerts and rules, with an imported layer over it (`?layer=`). */
export function Page() {
  const [search] = useSearchValues()
  const query = useQuery({ queryKey: ['intel', 'coverage'], queryFn: ({ signal }) => readCoverage(signal) })
  const layers = useQuery({ queryKey: ['intel', 'layers'], queryFn: ({ signal }) => listLayers(signal) })
  const rules = useQuery({
    queryKey: ['rule-coverage'],
    queryFn: ({ signal }) => readRuleCoverage(signal),
    staleTime: 10 * 60_000,
    retry: false,
  })
  const named = rules.data && new Map(rules.data.techniques.map(each => [each.id, each.rules.length]))
  const layer = layers.data?.layers.find(({ id }) => id === search.layer)
  return (
    <>
      <PageHeading title="ATT&CK matrix">
        {/* A layer is of one domain, so there is a file for each. */}
        {query.data?.domains.map(({ id, name }, _, all) => (
          <a key={id} className={buttonClass('plain')} href={navigatorLayerHref(id)} download>
            Navigator layer{all.length > 1 && `, ${name}`}
          </a>
        ))}
      </PageHeading>
      <div className="grid grid-cols-1 gap-3 px-4 pb-6">
        <Layers layers={layers.data?.layers ?? []} chosen={layer?.id} />
        <QueryState query={query} what="The matrix">
          {coverage => (
            <>
              <p className="text-muted">
                ATT&amp;CK {attackDomainsText(coverage.domains)}. Techniques that a report describes or an
                alert carries
                {rules.isPending && '; our rules are still being read'}
                {rules.isError && '; there are no rules here to compare with (TOCSIN_RULESET)'}.
              </p>
              <AttackMatrix coverage={withLayer(coverage, layer)} rules={named} layer={layer} />
            </>
          )}
        </QueryState>
      </div>
    </>
  )
}

/** The coverage with a layer's techniques in it, also those that nothing of ours knows. */
function withLayer(coverage: Coverage, layer: Layer | undefined): Coverage {
  if (layer === undefined) return coverage
  const known = new Set(coverage.techniques.map(({ id }) => id))
  const added = layer.techniques
    .filter(({ id }) => !known.has(id))
    .map(({ id, name, tactics }) => ({ id, name, tactics, reports: 0, alerts: 0 }))
  return { ...coverage, techniques: [...coverage.techniques, ...added] }
}

/** Chooses a layer to lay over the matrix, and imports one. */
function Layers({ layers, chosen }: { layers: readonly Layer[]; chosen: string | undefined }) {
  const may = useMay('analyst')
  const go = useGo()
  const client = useQueryClient()
  const renew = () => client.invalidateQueries({ queryKey: ['intel', 'layers'] })
  const add = useMutation({
    mutationFn: addLayer,
    onSuccess: async ({ layers: added }) => {
      await renew()
      const techniques = added.reduce((sum, each) => sum + each.techniques, 0)
      const unknown = [...new Set(added.flatMap(each => each.unknown))]
      toast(
        `${techniques} techniques were taken over${unknown.length === 0 ? '.' : `; ATT&CK does not have ${unknown.slice(0, 5).join(', ')}.`}`,
      )
      const [first] = added
      if (first !== undefined) go(`/intel/matrix?layer=${encodeURIComponent(first.id)}`)
    },
    onError: error => toastFailure('The layer could not be imported', error),
  })
  const remove = useMutation({
    mutationFn: deleteLayer,
    onSuccess: async () => {
      await renew()
      go('/intel/matrix')
    },
    onError: error => toastFailure('The layer could not be deleted', error),
  })
  if (!may && layers.length === 0) return null
  return (
    <div className="flex flex-wrap items-end gap-4">
      {layers.length > 0 && (
        <SelectField
          label="Only what a layer names"
          options={[
            { value: '', label: 'no layer' },
            ...layers.map(({ id, name }) => ({ value: id, label: visibleText(name).slice(0, 60) })),
          ]}
          value={chosen ?? ''}
          onChange={event =>
            go(
              event.target.value === ''
                ? '/intel/matrix'
                : `/intel/matrix?layer=${encodeURIComponent(event.target.value)}`,
            )
          }
        />
      )}
      {may && chosen !== undefined && (
        <Button look="quiet" busy={remove.isPending} onClick={() => remove.mutate(chosen)}>
          Delete this layer
        </Button>
      )}
      {may && (
        <FileField
          label="Import a Navigator layer"
          accept=".json,application/json"
          disabled={add.isPending}
          onFile={file => add.mutate(file)}
        />
      )}
    </div>
  )
}
