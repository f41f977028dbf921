import type { CaseSummary } from '../../src/http/contract-queue.ts'

type Standing = CaseSummary['standing']

/** Why a case stands where it stands in the queue: a word for its row, a sentence for its page. */
const looks: Readonly<Record<Standing, { readonly word: string; readonly meaning: string }>> = {
  'attack-goes-on': {
    word: '↑ goes on',
    meaning: 'A step above its severity: a person called it an attack, and further alerts came.',
  },
  'likely-attack': { word: '↑ a step up', meaning: 'A step above its severity: a likely attack.' },
  'by-severity': {
    word: 'by severity',
    meaning: 'Where its severity puts it: what is known does not decide.',
  },
  'benign-unproven': {
    word: 'unproven',
    meaning:
      'Where its severity puts it: likely harmless, but an attacker could have written what speaks for that.',
  },
  'speaks-to-ai': {
    word: 'kept up',
    meaning: 'Where its raised severity puts it: text in its alerts speaks to an AI.',
  },
  'likely-benign': {
    word: '↓ last of its',
    meaning: 'Last of its severity: likely harmless, by what no attacker could have written.',
  },
}

/** One word, for a row. */
export function StandingWord({ row: { standing, severity, status } }: { row: CaseSummary }) {
  if (status === 'closed') return null
  const { word, meaning } = looks[standing]
  return (
    <span title={meaning} className="truncate text-xs text-muted">
      {standing === 'likely-benign' ? `↓ last of ${severity}` : word}
    </span>
  )
}

/** The whole sentence. */
export function standingMeaning(standing: Standing): string {
  return looks[standing].meaning
}
