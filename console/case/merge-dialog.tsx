import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { CaseSummary } from '../../src/http/contract-queue.ts'
import { listCases, mergeCases } from '../api/cases.ts'
import { Button } from '../components/button.tsx'
import { CheckField } from '../components/check-field.tsx'
import { Complaint } from '../components/complaint.tsx'
import { Dialog } from '../components/dialog.tsx'
import { TextField } from '../components/field.tsx'
import { Age } from '../components/moment.tsx'
import { SeverityMark } from '../components/severity.tsx'
import { toast } from '../components/toast.tsx'
import { count } from '../text/count.ts'
import { visibleText } from '../text/visible-text.ts'

/** Finds other cases and moves their alerts into this one. Starts with those on the same host. */
export function MergeDialog({ into, onClose }: { into: CaseSummary; onClose: () => void }) {
  const client = useQueryClient()
  const [text, setText] = useState('')
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const [host] = into.hosts
  const query = text.trim() !== '' ? { text: text.trim() } : host === undefined ? {} : { host }
  const found = useQuery({
    queryKey: ['merge-candidates', query],
    queryFn: ({ signal }) => listCases({ ...query, status: ['open', 'in-progress'], limit: 20 }, signal),
    placeholderData: keepPreviousData,
  })
  const merge = useMutation({
    mutationFn: () => mergeCases(into.id, [...chosen]),
    onSuccess: async () => {
      await client.invalidateQueries()
      toast(`${count(chosen.size, 'case')} merged into this one.`)
      onClose()
    },
  })
  const candidates = (found.data?.cases ?? []).filter(each => each.id !== into.id)
  return (
    <Dialog title="Merge other cases into this one" onClose={onClose} wide>
      <div className="grid gap-3">
        <TextField
          label="Find cases"
          hint={
            text.trim() === '' && host !== undefined
              ? `Open cases on ${visibleText(host)}; write to search all.`
              : 'Words in titles, headlines and entities.'
          }
          value={text}
          onChange={event => setText(event.target.value)}
        />
        <ul className="max-h-72 min-h-24 overflow-auto">
          {candidates.map(each => (
            <li key={each.id}>
              <CheckField
                className="rounded px-1 py-1 hover:bg-selected"
                checked={chosen.has(each.id)}
                onChange={checked => {
                  const next = new Set(chosen)
                  if (checked) next.add(each.id)
                  else next.delete(each.id)
                  setChosen(next)
                }}
              >
                <SeverityMark severity={each.severity} />
                <span className="min-w-0 flex-1 truncate">{visibleText(each.title)}</span>
                <span className="text-muted">
                  <Age atMs={each.lastSeenMs} />
                </span>
              </CheckField>
            </li>
          ))}
          {found.isSuccess && candidates.length === 0 && (
            <li className="text-muted">No other open case matches.</li>
          )}
        </ul>
        <Complaint error={merge.error ?? found.error} />
        <div className="flex justify-end gap-2">
          <Button look="quiet" onClick={onClose}>
            Cancel
          </Button>
          <Button
            look="primary"
            disabled={chosen.size === 0}
            busy={merge.isPending}
            onClick={() => merge.mutate()}
          >
            {chosen.size === 0
              ? 'Merge'
              : `Merge ${count(chosen.size, 'case')}, and close ${chosen.size === 1 ? 'it' : 'them'}`}
          </Button>
        </div>
      </div>
    </Dialog>
  )
}
