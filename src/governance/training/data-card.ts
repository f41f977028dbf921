import type { TrainingConsent } from './training-consent.ts'
import type { TrainingFormat } from './training-formats.ts'
import { type TrainingSet, trainingPrompt, trainingSplits } from './training-set.ts'

/** What a training set is made of, for whom, and how it came to be: travels with it, signed. */
export interface DataCard {
  readonly kind: 'tocsin-training-set'
  readonly made: string
  readonly tocsin: string
  readonly licence: string
  readonly consent: { readonly basis: string; readonly by: string; readonly at: string }
  readonly period: { readonly from: string; readonly to: string }
  readonly format: TrainingFormat
  readonly prompt: string
  readonly lineage: {
    /** Each line of lineage.ndjson: which case (digest of its id), in which part. */
    readonly sources: string
    /** Where the ledger stood: what was decided by then can be shown. */
    readonly ledger: { readonly seq: number; readonly hash: string }
    readonly policy: string
  }
  readonly splits: Readonly<
    Record<
      string,
      {
        readonly examples: number
        readonly verdicts: Readonly<Record<string, number>>
        readonly from: string | null
      }
    >
  >
  readonly leftOut: TrainingSet['leftOut']
  /** Of the titles in the test part, how many the training part has too: kinds of cases come again. */
  readonly titlesSeenBefore: number
  readonly leakageScan: 'nothing found'
  readonly files: Readonly<Record<string, string>>
  readonly limits: readonly string[]
}

/** The part of the card that the set itself tells. */
export function describeSet({
  examples,
  leftOut,
}: TrainingSet): Pick<DataCard, 'splits' | 'leftOut' | 'titlesSeenBefore'> {
  const splits = trainingSplits.map(split => {
    const members = examples.filter(each => each.split === split)
    const verdicts = Object.fromEntries(
      [...Map.groupBy(members, ({ verdict }) => verdict)]
        .map(([verdict, group]) => [verdict, group.length])
        .sort(),
    )
    const first = members[0]?.decidedMs
    return [
      split,
      {
        examples: members.length,
        verdicts,
        from: first === undefined ? null : new Date(first).toISOString(),
      },
    ]
  })
  const titles = (split: string) =>
    new Set(examples.filter(each => each.split === split).map(({ title }) => title))
  const [seen, tested] = [titles('train'), titles('test')]
  return {
    splits: Object.fromEntries(splits),
    leftOut,
    titlesSeenBefore: [...tested].filter(title => seen.has(title)).length,
  }
}

export const cardLimits = [
  'Verdicts are those of this organisation: they say what is normal here, not elsewhere.',
  'Redaction replaces known names and forms; free text may still tell a reader who knows the organisation something.',
  'A model trained on it can repeat what stands in it. Keep the weights as you keep the set.',
  `Made for ${trainingPrompt}: evidence in, verdict and reason out. Evaluate on the test part, and never on what was trained on.`,
]

/** The card for people. */
export function cardText(card: DataCard, consent: TrainingConsent): string {
  const rows = trainingSplits.map(split => {
    const { examples = 0, verdicts = {}, from = null } = card.splits[split] ?? {}
    const counts = Object.entries(verdicts)
      .map(([verdict, count]) => `${verdict} ${count}`)
      .join(', ')
    return `| ${split} | ${examples} | ${counts} | ${from ?? '—'} |`
  })
  return `# Training set of ${card.made.slice(0, 10)}

- Made by Tocsin ${card.tocsin}, format ${card.format}, prompt ${card.prompt}
- Licence: ${card.licence}
- Consent: ${consent.basis} (${card.consent.by}, ${card.consent.at})
- Cases decided from ${card.period.from} to ${card.period.to}
- Leakage scan of every example: ${card.leakageScan}
- Left out: ${Object.entries(card.leftOut)
    .map(([why, count]) => `${count} ${why}`)
    .join(', ')}
- Titles of the test part that the training part has too: ${card.titlesSeenBefore}

| part | examples | verdicts | from |
| ---- | -------- | -------- | ---- |
${rows.join('\n')}

${card.limits.map(limit => `- ${limit}`).join('\n')}
`
}
