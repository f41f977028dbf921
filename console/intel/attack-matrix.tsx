import type { Coverage, Layer, TechniqueCoverage } from '../../src/http/contract-intel.ts'

/** How a cell is told apart: by word and sign, not by colour alone. */
const kinds = {
  gap: { sign: '!', word: 'described, no rule and no alert', look: 'border-bad bg-bad-tint' },
  watched: {
    sign: '◐',
    word: 'described, a rule names it, never in an alert',
    look: 'border-accent bg-surface',
  },
  both: { sign: '●', word: 'described and in our alerts', look: 'border-good bg-good-tint' },
  alerts: { sign: '○', word: 'in our alerts only', look: 'border-line bg-surface' },
  layer: { sign: '□', word: 'in the layer only', look: 'border-line-strong border-dashed bg-surface' },
} as const

/** What is known of a technique: counts, how many rules name it (undefined: no rules here), and the layer's score. */
interface Cell extends TechniqueCoverage {
  readonly rules: number | undefined
  readonly inLayer: boolean
  readonly score: number | null
}

function kindOf({ reports, alerts, rules }: Cell): keyof typeof kinds {
  if (reports === 0) return alerts === 0 ? 'layer' : 'alerts'
  if (alerts > 0) return 'both'
  return rules === undefined || rules === 0 ? 'gap' : 'watched'
}

/** What reports describe against what our alerts carry and our rules name, tactic by tactic; a layer laid over it. */
export function AttackMatrix({
  coverage,
  rules,
  layer,
}: {
  coverage: Coverage
  /** How many rules name each technique; undefined where there are no rules here. */
  rules: ReadonlyMap<string, number> | undefined
  layer: Layer | undefined
}) {
  const scores = new Map(layer?.techniques.map(({ id, score }) => [id, score]))
  const cells = coverage.techniques.map(
    (each): Cell => ({
      ...each,
      rules: rules === undefined ? undefined : (rules.get(each.id) ?? 0),
      inLayer: scores.has(each.id),
      score: scores.get(each.id) ?? null,
    }),
  )
  const shown = layer === undefined ? cells : cells.filter(({ inLayer }) => inLayer)
  return (
    <div className="grid grid-cols-1 gap-3">
      <ul className="flex flex-wrap gap-x-4 gap-y-1 text-sm text-muted">
        {Object.entries(kinds)
          .filter(([kind]) => kind !== 'layer' || layer !== undefined)
          .map(([kind, { sign, word, look }]) => (
            <li key={kind} className="flex items-center gap-1.5">
              <span
                aria-hidden="true"
                className={`inline-block w-5 rounded border text-center text-ink ${look}`}
              >
                {sign}
              </span>
              {word}
            </li>
          ))}
      </ul>
      <section
        aria-label="ATT&CK matrix"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways, and the keyboard must be able to scroll it
        tabIndex={0}
        className="relative flex gap-2 overflow-x-auto pb-3"
      >
        {coverage.tactics.map(tactic => (
          <Tactic
            key={tactic.shortName}
            name={tactic.name}
            cells={shown.filter(each => each.tactics.includes(tactic.shortName))}
          />
        ))}
      </section>
    </div>
  )
}

function Tactic({ name, cells }: { name: string; cells: readonly Cell[] }) {
  const ranked = [...cells].sort((a, b) => b.reports - a.reports || b.alerts - a.alerts)
  return (
    <div className="grid w-40 shrink-0 content-start gap-1">
      <h2 className="text-xs font-semibold">
        {name} <span className="tabular font-normal text-muted">{cells.length}</span>
      </h2>
      {ranked.length === 0 && <p className="text-xs text-muted">none</p>}
      <ul className="grid gap-1">
        {ranked.map(cell => {
          const { sign, word, look } = kinds[kindOf(cell)]
          return (
            <li key={cell.id} className={`rounded border px-1.5 py-1 text-xs ${look}`} title={word}>
              <span className="font-mono">
                <span aria-hidden="true">{sign} </span>
                <span className="sr-only">{word}: </span>
                {cell.id}
              </span>
              <span className="block">{cell.name}</span>
              <span className="tabular block text-muted">
                {count(cell.reports, 'report')}, {count(cell.alerts, 'alert')}
                {cell.rules !== undefined && `, ${count(cell.rules, 'rule')}`}
                {cell.score !== null && `, score ${cell.score}`}
              </span>
            </li>
          )
        })}
      </ul>
    </div>
  )
}

function count(number: number, word: string): string {
  return `${number.toLocaleString('en')} ${number === 1 ? word : `${word}s`}`
}
