import type { RuleCoverage } from '../../src/http/contract-rules.ts'
import { AttackGrid } from '../components/attack-grid.tsx'

type Row = RuleCoverage['techniques'][number]

const kinds = {
  gap: { sign: '!', word: 'reported, and no rule names it', look: 'border-bad bg-bad-tint' },
  'parent-only': {
    sign: '◐',
    word: 'only the technique above it has a rule',
    look: 'border-line-strong bg-warn-tint',
  },
  covered: { sign: '●', word: 'a rule names it', look: 'border-good bg-good-tint' },
} as const

/** The techniques that rules name, and those that reports describe and no rule does, tactic by tactic. */
export function CoverageMatrix({
  tactics,
  techniques,
}: {
  tactics: RuleCoverage['tactics']
  techniques: readonly Row[]
}) {
  return (
    <AttackGrid
      label="Coverage matrix"
      kinds={Object.values(kinds)}
      tactics={tactics}
      techniques={techniques}
      kindOf={({ state }) => kinds[state]}
      noteOf={({ rules, reports }) =>
        `${rules.length} ${rules.length === 1 ? 'rule' : 'rules'}${reports > 0 ? `, ${reports} ${reports === 1 ? 'report' : 'reports'}` : ''}`
      }
    />
  )
}
