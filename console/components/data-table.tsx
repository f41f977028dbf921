import type { ReactNode } from 'react'

/** One column: its heading and what to show of a row. `hidden`: the heading is for screen readers only. */
export interface Column<Row> {
  readonly title: string
  readonly cell: (row: Row) => ReactNode
  readonly hidden?: true
  /** Holds sentences: on a phone it keeps room for words, and the table scrolls instead. */
  readonly wide?: true
}

/** A plain table for lists of up to a few hundred rows. Scrolls sideways where it is too narrow. */
export function DataTable<Row>({
  label,
  rows,
  columns,
  rowKey,
  empty,
  stacked = false,
}: {
  label: string
  rows: readonly Row[]
  columns: readonly Column<Row>[]
  rowKey: (row: Row) => string
  /** What to say when there are none. */
  empty: string
  /** On a phone each row becomes a block of its cells with their headings: for tables of sentences. */
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
              className={`border-b border-line align-top *:py-1.5 *:pr-4 ${stacked ? 'max-sm:block max-sm:py-2 max-sm:*:block max-sm:*:py-1' : ''}`}
            >
              {columns.map(({ title, cell, wide, hidden }, index) => (
                <td key={title} className={wide && !stacked ? 'max-sm:min-w-44' : ''}>
                  {stacked && !hidden && index > 0 && (
                    <span aria-hidden="true" className="block text-xs text-muted sm:hidden">
                      {title}
                    </span>
                  )}
                  {cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
