import type { ReactNode } from 'react'

/** One column: its heading and what to show of a row. `hidden`: the heading is for screen readers only. */
export interface Column<Row> {
  readonly title: string
  readonly cell: (row: Row) => ReactNode
  readonly hidden?: true
}

/**
 * A plain table for lists of up to a few hundred rows. On a phone one of more than three columns is a list of blocks, each cell
 * beside its heading: sideways, nobody would find the last column, which holds what can be done.
 */
export function DataTable<Row>({
  label,
  rows,
  columns,
  rowKey,
  empty,
  stacked = columns.length > 3,
}: {
  label: string
  rows: readonly Row[]
  columns: readonly Column<Row>[]
  rowKey: (row: Row) => string
  /** What to say when there are none. */
  empty: string
  /** Said only where few columns hold much text. */
  stacked?: boolean
}) {
  if (rows.length === 0) return <p className="py-4 text-muted">{empty}</p>
  return (
    <section
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways, and the keyboard must be able to scroll it
      tabIndex={0}
      className="relative overflow-x-auto"
    >
      <table className="w-full text-left" aria-label={label}>
        <thead className={`text-xs text-muted ${stacked ? 'max-sm:sr-only' : ''}`}>
          <tr className="border-b border-line-strong *:py-1 *:pr-4 *:font-normal">
            {columns.map(({ title, hidden }) => (
              <th key={title} scope="col">
                {hidden ? <span className="sr-only">{title}</span> : title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(row => (
            <tr
              key={rowKey(row)}
              className={`border-b border-line align-top *:py-1.5 *:pr-4 ${stacked ? 'max-sm:block max-sm:py-2 max-sm:*:block max-sm:*:py-0.5' : ''}`}
            >
              {columns.map(({ title, cell, hidden }, index) => (
                <td key={title} className={stacked && index === 0 ? 'max-sm:font-medium' : ''}>
                  {stacked && !hidden && index > 0 ? (
                    <div className="max-sm:flex max-sm:gap-3">
                      <span aria-hidden="true" className="w-24 shrink-0 pt-px text-xs text-muted sm:hidden">
                        {title}
                      </span>
                      <div className="min-w-0 max-sm:flex-1">{cell(row)}</div>
                    </div>
                  ) : (
                    cell(row)
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
