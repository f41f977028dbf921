import { ChevronDown, CircleHelp, Search, X } from 'lucide-react'
import { useId, useRef, useState } from 'react'
import { Button } from '../components/button.tsx'
import { Form } from '../components/form.tsx'
import { KeyHint } from '../components/key-hint.tsx'
import { Menu, MenuCheck, MenuHeading, MenuItem } from '../components/menu.tsx'
import { useShortcuts } from '../keyboard/use-shortcuts.ts'
import {
  defaultStatus,
  type FilterValues,
  filterNames,
  filterText,
  parseFilterText,
  toggled,
} from './queue-filter.ts'

const choices = [
  { name: 'severity', label: 'Severity', values: filterNames.severity.values },
  { name: 'status', label: 'Status', values: ['open', 'in-progress', 'closed'] },
  { name: 'proposed', label: 'Proposed', values: filterNames.proposed.values },
  { name: 'verdict', label: 'Verdict', values: filterNames.verdict.values },
] as const

/** The search line and the same filters as menus. Both write into the address, and nowhere else. */
export function FilterBar({
  values,
  onChange,
}: {
  values: FilterValues
  onChange: (values: FilterValues) => void
}) {
  return (
    <div className="flex items-start gap-2 px-4 pb-2 max-lg:flex-col max-lg:items-stretch">
      <SearchLine key={filterText(values)} values={values} onChange={onChange} />
      <div className="flex gap-2 max-lg:overflow-x-auto">
        {choices.map(({ name, label, values: options }) => (
          <Menu
            key={name}
            trigger={
              <Button aria-pressed={values[name] !== undefined} className="aria-pressed:border-accent">
                {label}
                {values[name] !== undefined && (
                  <span className="tabular text-accent">{values[name].split(',').length}</span>
                )}
                <ChevronDown aria-hidden="true" className="size-3.5" />
              </Button>
            }
          >
            {options.map(option => (
              <MenuCheck
                key={option}
                checked={shownChoice(values, name)?.split(',').includes(option) ?? false}
                onChange={on => onChange(withChoice(values, name, option, on))}
              >
                {option.replaceAll('_', ' ')}
              </MenuCheck>
            ))}
          </Menu>
        ))}
        <Menu
          trigger={
            <Button>
              Sort: {values.sort ?? 'priority'}
              <ChevronDown aria-hidden="true" className="size-3.5" />
            </Button>
          }
        >
          <MenuHeading>First in the queue</MenuHeading>
          {filterNames.sort.values.map(sort => (
            <MenuItem
              key={sort}
              onSelect={() => onChange({ ...values, sort: sort === 'priority' ? undefined : sort })}
            >
              <span aria-hidden="true" className="w-4">
                {(values.sort ?? 'priority') === sort ? '✓' : ''}
              </span>
              {sortWords[sort]}
            </MenuItem>
          ))}
        </Menu>
      </div>
    </div>
  )
}

type ChoiceName = (typeof choices)[number]['name']

function shownChoice(values: FilterValues, name: ChoiceName): string | undefined {
  return name === 'status' ? (values.status ?? defaultStatus) : values[name]
}

function withChoice(values: FilterValues, name: ChoiceName, option: string, on: boolean): FilterValues {
  const next = toggled(shownChoice(values, name), option, on)
  if (name !== 'status') return { ...values, [name]: next }
  return { ...values, status: next === defaultStatus ? undefined : (next ?? 'all') }
}

const sortWords: Readonly<Record<(typeof filterNames.sort.values)[number], string>> = {
  priority: 'priority: severity, likely attacks a step up',
  severity: 'severity alone, then newest activity',
  newest: 'newest activity',
  oldest: 'waiting longest',
  due: 'due soonest',
  alerts: 'most alerts',
}

/** Mounted anew when the filter changes elsewhere, so that its text is always what is shown. */
function SearchLine({
  values,
  onChange,
}: {
  values: FilterValues
  onChange: (values: FilterValues) => void
}) {
  const helpId = useId()
  const input = useRef<HTMLInputElement>(null)
  const [line, setLine] = useState(() => filterText(values))
  const [help, setHelp] = useState(false)
  const { problems } = parseFilterText(line)
  const apply = (text: string) => onChange(parseFilterText(text).values)
  useShortcuts([{ keys: '/', label: 'Search the queue', group: 'Queue', run: () => input.current?.focus() }])
  return (
    <div className="min-w-64 flex-1">
      <Form
        className="flex items-center gap-2 rounded border border-line-strong bg-surface px-2 focus-within:outline-2 focus-within:outline-[var(--focus)]"
        onSubmit={() => {
          apply(line)
          input.current?.blur()
        }}
      >
        <Search aria-hidden="true" className="size-4 shrink-0 text-muted" />
        <input
          ref={input}
          aria-label="Search cases"
          aria-describedby={problems.length > 0 ? helpId : undefined}
          placeholder="Words, or severity:high host:web-01 technique:T1110 assignee:me"
          className="w-full min-w-0 bg-transparent py-1 outline-none max-sm:min-h-9 max-sm:text-[1rem]"
          value={line}
          spellCheck={false}
          autoComplete="off"
          onChange={event => setLine(event.target.value)}
          onKeyDown={event => {
            if (event.key === 'Escape') input.current?.blur()
          }}
        />
        {line === '' ? (
          <KeyHint keys="/" />
        ) : (
          <button type="button" className="rounded p-0.5 text-muted" onClick={() => onChange({})}>
            <X aria-hidden="true" className="size-4" />
            <span className="sr-only">Clear all filters</span>
          </button>
        )}
        <button
          type="button"
          className="rounded p-0.5 text-muted"
          aria-expanded={help}
          onClick={() => setHelp(!help)}
        >
          <CircleHelp aria-hidden="true" className="size-4" />
          <span className="sr-only">What can be searched</span>
        </button>
      </Form>
      {problems.length > 0 && (
        <p id={helpId} role="status" className="pt-1 text-high">
          {problems.join(' ')}
        </p>
      )}
      {help && (
        <dl className="mt-1 grid grid-cols-[auto_1fr] gap-x-3 gap-y-0.5 rounded border border-line bg-surface p-2">
          {Object.entries(filterNames).map(([name, { hint }]) => (
            <div key={name} className="contents">
              <dt className="font-mono">{name}:</dt>
              <dd className="text-muted">{hint}</dd>
            </div>
          ))}
          <div className="contents">
            <dt>other words</dt>
            <dd className="text-muted">
              how words of titles and headlines begin, and hosts, accounts, addresses, files
            </dd>
          </div>
        </dl>
      )}
    </div>
  )
}
