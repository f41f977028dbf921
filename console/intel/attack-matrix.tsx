import type { Coverage, TechniqueCoverage } from '../../src/http/contract-intel.ts'
import { AttackGrid } from '../components/attack-grid.tsx'

const kinds = {
  gap: { sign: '!', word: 'described, never in an alert', look: 'border-bad bg-bad-tint' },
  both: { sign: '●', word: 'described and in our alerts', look: 'border-good bg-good-tint' },
  alerts: { sign: '○', word: 'in our alerts only', look: 'border-line bg-surface' },
} as const

function kindOf({ reports, alerts }: TechniqueCoverage) {
  if (reports === 0) return kinds.alerts
  return alerts === 0 ? kinds.gap : kinds.both
}

/** What reports describe against what our alerts carry, tactic by tactic. */
export function AttackMatrix({ coverage }: { coverage: Coverage }) {
  return (
    <AttackGrid
      label="ATT&CK matrix"
      kinds={Object.values(kinds)}
      tactics={coverage.tactics}
      techniques={[...coverage.techniques].sort((a, b) => b.reports - a.reports || b.alerts - a.alerts)}
      kindOf={kindOf}
      noteOf={({ reports, alerts }) =>
        `${reports} ${reports === 1 ? 'report' : 'reports'}, ${alerts} ${alerts === 1 ? 'alert' : 'alerts'}`
      }
    />
  )
}
