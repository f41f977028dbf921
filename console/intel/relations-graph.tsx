import type { ReportDetail } from '../../src/http/contract-intel.ts'
import { count } from '../text/count.ts'
import { visibleText } from '../text/visible-text.ts'

interface Node {
  readonly key: string
  readonly label: string
  readonly column: number
  readonly row: number
}

const shown = 12
const width = 790
const rowHeight = 28
const columnX = [10, 270, 560] as const

/** The report, its indicators (those seen here first), and the hosts that we saw them on. */
export function RelationsGraph({ detail }: { detail: ReportDetail }) {
  const indicators = [...detail.indicators].sort((a, b) => b.sightingCount - a.sightingCount).slice(0, shown)
  const hosts = [...new Set(detail.sightings.map(({ agentName }) => agentName))].slice(0, shown)
  const rows = Math.max(indicators.length, hosts.length, 1)
  const nodes = new Map<string, Node>()
  const place = (key: string, label: string, column: number, index: number, count: number) =>
    void nodes.set(key, { key, label, column, row: index + (rows - count) / 2 })
  place('report', detail.report.title ?? detail.report.name, 0, 0, 1)
  for (const [index, { type, value }] of indicators.entries())
    place(`${type} ${value}`, value, 1, index, indicators.length)
  for (const [index, host] of hosts.entries()) place(`host ${host}`, host, 2, index, hosts.length)
  const edges = [
    ...indicators.map(({ type, value }) => ['report', `${type} ${value}`] as const),
    ...new Set(detail.sightings.map(({ type, value, agentName }) => `${type} ${value}\n${agentName}`)),
  ].map(edge =>
    typeof edge === 'string' ? ([edge.split('\n')[0] ?? '', `host ${edge.split('\n')[1]}`] as const) : edge,
  )
  const hidden = detail.indicators.length - indicators.length
  return (
    <figure className="grid gap-1 overflow-x-auto">
      <svg
        viewBox={`0 0 ${width} ${rows * rowHeight + 8}`}
        className="w-full min-w-[36rem] max-w-[52rem] text-xs"
        role="img"
        aria-label={`The report names ${count(detail.indicators.length, 'indicator')}; ${count(hosts.length, 'host')} of ours met some of them`}
      >
        {edges.map(([from, to]) => {
          const [a, b] = [nodes.get(from), nodes.get(to)]
          if (a === undefined || b === undefined) return null
          return (
            <line
              key={`${from}\n${to}`}
              x1={(columnX[a.column] ?? 0) + (a.column === 0 ? 200 : 220)}
              y1={yOf(a)}
              x2={columnX[b.column]}
              y2={yOf(b)}
              stroke={b.column === 2 ? 'var(--critical)' : 'var(--line-strong)'}
            />
          )
        })}
        {[...nodes.values()].map(node => (
          <g key={node.key}>
            <rect
              x={columnX[node.column]}
              y={yOf(node) - 10}
              width={node.column === 0 ? 200 : 220}
              height={20}
              rx={3}
              fill="var(--surface)"
              stroke={node.column === 2 ? 'var(--critical)' : 'var(--line-strong)'}
            />
            <text x={(columnX[node.column] ?? 0) + 6} y={yOf(node) + 4} fill="var(--text)">
              {shorten(visibleText(node.label), node.column === 0 ? 25 : 26)}
            </text>
          </g>
        ))}
      </svg>
      <figcaption className="text-xs text-muted">
        Report, indicators, hosts of ours.{hidden > 0 && ` ${hidden} more indicators are in the list below.`}
      </figcaption>
    </figure>
  )
}

function yOf(node: Node): number {
  return node.row * rowHeight + rowHeight / 2 + 4
}

function shorten(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`
}
