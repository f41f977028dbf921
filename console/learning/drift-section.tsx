import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { DriftReport } from '../../src/http/contract-learning.ts'
import { changeDrift, readDrift } from '../api/learning.ts'
import { Button } from '../components/button.tsx'
import { DataTable } from '../components/data-table.tsx'
import { TextField } from '../components/field.tsx'
import { FormDialog } from '../components/form-dialog.tsx'
import { QueryState } from '../components/query-state.tsx'
import { Section } from '../components/section.tsx'
import { toast } from '../components/toast.tsx'
import { Untrusted } from '../components/untrusted.tsx'

const taskWords: Readonly<Record<DriftReport['tasks'][number]['task'], string>> = {
  'triage-code': 'Verdicts proposed by code',
  'case-brief': 'Verdicts proposed by a model',
  'brief-review': 'Model briefs reviewed',
  'mail-code': 'Mail judged by code',
  'mail-judgement': 'Mail judged by a model',
  chat: 'Answers of the assistant',
}
const percent = ({ disagreed, decided }: { disagreed: number; decided: number }) =>
  decided === 0 ? '–' : `${Math.round((disagreed / decided) * 100)} % of ${decided}`
const day = (ms: number) => new Date(ms).toISOString().slice(0, 10)

/** Whether people disagree more with what is proposed than they did, and whether it is as sure as it should be. */
export function DriftSection() {
  const query = useQuery({ queryKey: ['drift'], queryFn: ({ signal }) => readDrift(signal) })
  const [editing, setEditing] = useState(false)
  return (
    <QueryState query={query} what="Drift">
      {report => (
        <>
          <Section title="Disagreement">
            <p className="text-muted">
              How often people decided otherwise than was proposed: since {day(report.recentFromMs)}, against
              the {report.settings.baselineDays} days before. Who wants to know is told by a notification.
            </p>
            <DataTable
              label="Disagreement by task"
              rows={report.tasks}
              rowKey={({ task }) => task}
              empty="Nobody has decided on anything that was proposed yet."
              columns={[
                { title: 'Task', cell: each => taskWords[each.task] },
                {
                  title: 'Lately',
                  cell: each => (
                    <span className="whitespace-nowrap tabular-nums">{percent(each.recent)}</span>
                  ),
                },
                {
                  title: 'Before',
                  cell: each => (
                    <span className="whitespace-nowrap tabular-nums">{percent(each.baseline)}</span>
                  ),
                },
                { title: 'By week', cell: each => <Weeks weeks={each.byWeek} /> },
                {
                  title: 'By group, lately (before)',
                  cell: each => (
                    <ul>
                      {each.byGroup.map(group => (
                        <li key={group.group} className="sm:whitespace-nowrap">
                          <Untrusted text={group.group} />:{' '}
                          <span
                            className={
                              group.alarm === null ? 'tabular-nums' : 'font-medium text-bad tabular-nums'
                            }
                          >
                            {percent(group)}
                          </span>{' '}
                          <span className="text-muted tabular-nums">({percent(group.before)})</span>
                          {group.alarm !== null && <span className="sr-only"> alarm: {group.alarm}</span>}
                        </li>
                      ))}
                    </ul>
                  ),
                },
                { title: 'Alarm', cell: each => <Alarm text={each.alarm} /> },
              ]}
            />
          </Section>
          <Section title="Calibration">
            <p className="text-muted">
              Of proposals that say to be 80 % sure, 80 % should be right. The error is the mean distance.
            </p>
            <DataTable
              label="Calibration by task"
              rows={report.calibration}
              rowKey={({ task }) => task}
              empty="No proposal with a confidence has been decided yet."
              columns={[
                { title: 'Task', cell: each => taskWords[each.task] },
                { title: 'Decided', cell: each => each.proposals },
                { title: 'Error', cell: each => `${(each.error * 100).toFixed(1)} points` },
                { title: 'Brier score', cell: each => each.brier.toFixed(3) },
                {
                  title: 'Sure → right',
                  cell: each => (
                    <ul className="tabular-nums">
                      {each.tenths.map(tenth => (
                        <li key={tenth.tenth} className="whitespace-nowrap">
                          {Math.round(tenth.meanConfidence * 100)} % →{' '}
                          {Math.round((tenth.right / tenth.proposals) * 100)} % of {tenth.proposals}
                        </li>
                      ))}
                    </ul>
                  ),
                },
                { title: 'Alarm', cell: each => <Alarm text={each.alarm} /> },
              ]}
            />
          </Section>
          <Button className="justify-self-start" onClick={() => setEditing(true)}>
            Change alarms and groups
          </Button>
          {editing && <SettingsDialog report={report} onClose={() => setEditing(false)} />}
        </>
      )}
    </QueryState>
  )
}

function Alarm({ text }: { text: string | null }) {
  return text === null ? (
    <span className="text-muted">none</span>
  ) : (
    <span className="font-medium text-bad">{text}</span>
  )
}

/** One bar a week; the numbers are read by those who cannot see it, and on pointing at it. */
function Weeks({ weeks }: { weeks: DriftReport['tasks'][number]['byWeek'] }) {
  return (
    <ul className="flex h-8 items-end gap-px">
      {weeks.map(week => (
        <li
          key={week.weekMs}
          title={`${day(week.weekMs)}: ${percent(week)}`}
          className="flex h-full w-1.5 items-end bg-sunken"
        >
          <span className="sr-only">{`${day(week.weekMs)}: ${percent(week)}`}</span>
          <span
            aria-hidden="true"
            className="w-full bg-accent-solid"
            style={{ height: `${(week.disagreed / Math.max(1, week.decided)) * 100}%` }}
          />
        </li>
      ))}
    </ul>
  )
}

const numbers = [
  ['recentDays', 'Days that count as lately', 1],
  ['baselineDays', 'Days before that', 1],
  ['leastDecided', 'Fewest judgements on either side', 1],
  ['rise', 'Least rise that is told, in points', 100],
  ['calibrationError', 'Largest calibration error, in points', 100],
] as const

function SettingsDialog({ report, onClose }: { report: DriftReport; onClose: () => void }) {
  const client = useQueryClient()
  const [settings, setSettings] = useState(report.settings)
  const save = async () => {
    await changeDrift(settings)
    await client.invalidateQueries({ queryKey: ['drift'] })
    toast('Saved, and written to the ledger.')
    onClose()
  }
  const setGroup = (id: string, name: string) => {
    const { [id]: _before, ...others } = settings.groups
    setSettings({ ...settings, groups: name === '' ? others : { ...others, [id]: name } })
  }
  return (
    <FormDialog title="Alarms and groups" action="Save" send={save} onClose={onClose} wide>
      <div className="grid gap-3 sm:grid-cols-2">
        {numbers.map(([name, label, factor]) => (
          <TextField
            key={name}
            label={label}
            type="number"
            required
            value={Math.round(settings[name] * factor)}
            onChange={event => setSettings({ ...settings, [name]: Number(event.target.value) / factor })}
          />
        ))}
      </div>
      <h3 className="font-semibold">Groups</h3>
      <p className="text-muted">A shift, a site. Who is in none counts under their role.</p>
      <div className="grid gap-3 sm:grid-cols-2">
        {report.people.map(({ id, displayName }) => (
          <TextField
            key={id}
            label={displayName}
            maxLength={60}
            value={settings.groups[id] ?? ''}
            onChange={event => setGroup(id, event.target.value)}
          />
        ))}
      </div>
    </FormDialog>
  )
}
