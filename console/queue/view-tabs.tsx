import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { BookmarkPlus, Users, X } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { createSavedView, deleteSavedView, listSavedViews } from '../api/cases.ts'
import { usePerson } from '../api/session.ts'
import { Button } from '../components/button.tsx'
import { CheckField } from '../components/check-field.tsx'
import { TextField } from '../components/field.tsx'
import { FormDialog } from '../components/form-dialog.tsx'
import { Link } from '../components/link.tsx'
import { toast, toastFailure } from '../components/toast.tsx'
import { visibleText } from '../text/visible-text.ts'
import { type FilterValues, filterOnly } from './queue-filter.ts'

const builtIn = [
  { name: 'Open', query: '' },
  { name: 'Mine', query: 'assignee=me' },
  { name: 'Unassigned', query: 'assignee=none' },
  { name: 'Urgent', query: 'severity=critical%2Chigh' },
  { name: 'Due soonest', query: 'sort=due' },
  { name: 'Closed', query: 'status=closed&sort=newest' },
] as const

/** Ready-made views, the person's own and the shared ones; the one that is shown is marked. */
export function ViewTabs({ values }: { values: FilterValues }) {
  const client = useQueryClient()
  const person = usePerson()
  const [saving, setSaving] = useState(false)
  const saved = useQuery({
    queryKey: ['saved-views'],
    queryFn: ({ signal }) => listSavedViews(signal),
    staleTime: 60_000,
  })
  const remove = useMutation({
    mutationFn: deleteSavedView,
    onSuccess: () => client.invalidateQueries({ queryKey: ['saved-views'] }),
    onError: error => toastFailure('The view is still there', error),
  })
  const shown = queryText(values)
  const views = saved.data?.views ?? []
  const known = [...builtIn, ...views].some(view => normalText(view.query) === shown)
  return (
    <div className="flex items-center gap-1 overflow-x-auto px-4 pb-2">
      {builtIn.map(view => (
        <Tab key={view.name} query={view.query} shown={shown}>
          {view.name}
        </Tab>
      ))}
      {views.map(view => (
        <span key={view.id} className="inline-flex items-center">
          <Tab query={view.query} shown={shown}>
            {view.shared && <Users aria-label="shared" className="size-3.5 text-muted" />}
            {visibleText(view.name)}
          </Tab>
          {normalText(view.query) === shown && view.owner.id === person.id && (
            <button
              type="button"
              className="rounded p-1 text-muted hover:bg-selected"
              onClick={() => remove.mutate(view.id)}
            >
              <X aria-hidden="true" className="size-3.5" />
              <span className="sr-only">Delete the view {visibleText(view.name)}</span>
            </button>
          )}
        </span>
      ))}
      {!known && (
        <Button look="quiet" onClick={() => setSaving(true)}>
          <BookmarkPlus aria-hidden="true" className="size-3.5" /> Save this view
        </Button>
      )}
      {saving && <SaveViewDialog query={shown} onClose={() => setSaving(false)} />}
    </div>
  )
}

function Tab({ query, shown, children }: { query: string; shown: string; children: ReactNode }) {
  const current = normalText(query) === shown
  return (
    <Link
      href={query === '' ? '/' : `/?${query}`}
      current={current}
      className={`inline-flex items-center gap-1 whitespace-nowrap rounded px-2 py-1 max-sm:py-2 ${current ? 'bg-selected font-semibold text-ink' : 'text-muted hover:bg-selected'}`}
    >
      {children}
    </Link>
  )
}

function SaveViewDialog({ query, onClose }: { query: string; onClose: () => void }) {
  const client = useQueryClient()
  const [name, setName] = useState('')
  const [shared, setShared] = useState(false)
  const save = async () => {
    const view = await createSavedView({ name: name.trim(), query, shared })
    await client.invalidateQueries({ queryKey: ['saved-views'] })
    toast(`Saved “${visibleText(view.name)}”.`)
    onClose()
  }
  return (
    <FormDialog title="Save this view" action="Save" send={save} onClose={onClose}>
      <TextField
        label="Name"
        required
        maxLength={100}
        value={name}
        onChange={event => setName(event.target.value)}
      />
      <CheckField checked={shared} onChange={setShared}>
        Everybody sees it
      </CheckField>
    </FormDialog>
  )
}

/** The filter as a query string, its names in one order, so that two spellings of a view are the same view. */
function queryText(values: FilterValues): string {
  const entries = Object.entries(filterOnly(values)).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, value]],
  )
  return new URLSearchParams(entries).toString()
}

function normalText(query: string): string {
  return queryText(Object.fromEntries(new URLSearchParams(query)))
}
