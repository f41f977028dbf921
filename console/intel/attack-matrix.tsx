import type { Coverage, TechniqueCoverage } from '../../src/http/contract-intel.ts'

/** How a cell is told apart: by word and sign, not by colour alone. */
const kinds = {
  gap: { sign: '!', word: 'described, never in an alert', look: 'border-bad bg-bad-tint' },
  both: { sign: '●', word: 'described and in our alerts', look: 'border-good bg-good-tint' },
  alerts: { sign: '○', word: 'in our alerts only', look: 'border-line bg-surface' },
} as const

function kindOf({ reports, alerts }: TechniqueCoverage): keyof typeof kinds {
  if (reports === 0) return 'alerts'
  return alerts === 0 ? 'gap' : 'both'
}

/** What reports describe against what our alerts carry, tactic by tactic. */
export function AttackMatrix({ coverage }: { coverage: Coverage }) {
  return (
    <div className="grid grid-cols-1 gap-3">
      <ul className="flex flex-wrap gap-4 text-sm text-muted">
        {Object.values(kinds).map(({ sign, word, look }) => (
          <li key={word} className="flex items-center gap-1.5">
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
            techniques={coverage.techniques.filter(each => each.tactics.includes(tactic.shortName))}
          />
        ))}
      </section>
    </div>
  )
}

function Tactic({ name, techniques }: { name: string; techniques: readonly TechniqueCoverage[] }) {
  const ranked = [...techniques].sort((a, b) => b.reports - a.reports || b.alerts - a.alerts)
  return (
    <div className="grid w-40 shrink-0 content-start gap-1">
      <h2 className="text-xs font-semibold">
        {name} <span className="tabular font-normal text-muted">{techniques.length}</span>
      </h2>
      {ranked.length === 0 && <p className="text-xs text-muted">none</p>}
      <ul className="grid gap-1">
        {ranked.map(technique => {
          const { sign, word, look } = kinds[kindOf(technique)]
          return (
            <li key={technique.id} className={`rounded border px-1.5 py-1 text-xs ${look}`} title={word}>
              <span className="font-mono">
                <span aria-hidden="true">{sign} </span>
                <span className="sr-only">{word}: </span>
                {technique.id}
              </span>
              <span className="block">{technique.name}</span>
              <span className="tabular block text-muted">
                {technique.reports} {technique.reports === 1 ? 'report' : 'reports'}, {technique.alerts}{' '}
                {technique.alerts === 1 ? 'alert' : 'alerts'}
              </span>
            </li>
          )
        })}
      </ul>
    </div>
  )
}
