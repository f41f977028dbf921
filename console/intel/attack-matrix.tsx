import type { Coverage, Layer, TechniqueCoverage } from '../../src/http/contract-intel-coverage.ts'
import { AttackGrid } from '../components/attack-grid.tsx'
import { count } from '../text/count.ts'

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
    <AttackGrid
      label="ATT&CK matrix"
      kinds={Object.entries(kinds).flatMap(([name, kind]) =>
        name === 'layer' && layer === undefined ? [] : [kind],
      )}
      tactics={coverage.tactics}
      techniques={shown.toSorted((a, b) => b.reports - a.reports || b.alerts - a.alerts)}
      kindOf={cell => kinds[kindOf(cell)]}
      noteOf={noteOf}
    />
  )
}

function noteOf({ reports, alerts, rules, score }: Cell): string {
  // The sign says what is missing: a row of zeros would say it again.
  return [
    ...(reports === 0 ? [] : [count(reports, 'report')]),
    ...(alerts === 0 ? [] : [count(alerts, 'alert')]),
    ...(rules === undefined || rules === 0 ? [] : [count(rules, 'rule')]),
    ...(score === null ? [] : [`score ${score}`]),
  ].join(', ')
}
