import { Plus, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from './button.tsx'

/**
 * A list that people add rows to and take them from, as part of a form: `fields` draws one row and changes it in part.
 * `blank` is what a new row begins with. `card`: rows that are forms of their own get a frame and a heading each.
 */
export function RowList<Row extends object>({
  legend,
  hint,
  rows,
  blank,
  add,
  nameOf,
  card = false,
  onChange,
  fields,
}: {
  legend: string
  hint?: ReactNode
  rows: readonly Row[]
  blank: () => Row
  /** What the button says that adds a row. */
  add: string
  /** What a row is called: for its heading, and for whoever hears the button that removes it. */
  nameOf: (row: Row, at: number) => string
  card?: boolean
  onChange: (rows: readonly Row[]) => void
  fields: (row: Row, change: (part: Partial<Row>) => void, at: number) => ReactNode
}) {
  const change = (at: number) => (part: Partial<Row>) =>
    onChange(rows.map((row, index) => (index === at ? { ...row, ...part } : row)))
  return (
    <fieldset className="grid min-w-0 grid-cols-1 gap-2">
      <legend className="mb-1 font-medium">{legend}</legend>
      {hint !== undefined && <p className="text-xs text-muted">{hint}</p>}
      {rows.map((row, at) => (
        <fieldset
          // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity but their place while they are edited.
          key={at}
          className={
            card
              ? 'grid min-w-0 grid-cols-1 gap-3 rounded border border-line-strong p-3'
              : 'flex min-w-0 items-end gap-2 max-sm:items-stretch max-sm:border-l-2 max-sm:border-line max-sm:pl-2'
          }
        >
          <legend className={card ? 'px-1 font-medium' : 'sr-only'}>{nameOf(row, at)}</legend>
          <div
            className={
              card ? 'grid min-w-0 grid-cols-1 gap-3' : 'flex min-w-0 flex-1 flex-wrap items-end gap-2'
            }
          >
            {fields(row, change(at), at)}
          </div>
          <Button
            look="quiet"
            className="justify-self-start"
            onClick={() => onChange(rows.filter((_, index) => index !== at))}
          >
            <X aria-hidden="true" className="size-4" />
            <span className={card ? '' : 'sr-only'}>Remove {nameOf(row, at)}</span>
          </Button>
        </fieldset>
      ))}
      <Button className="justify-self-start" onClick={() => onChange([...rows, blank()])}>
        <Plus aria-hidden="true" className="size-4" />
        {add}
      </Button>
    </fieldset>
  )
}
