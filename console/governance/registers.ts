/** A member of a record: how it is called, and how it is written. */
export interface RecordField {
  readonly name: string
  readonly label: string
  readonly kind: 'line' | 'text' | 'day' | 'choice'
  readonly choices?: readonly string[]
  /** Shown in the table. */
  readonly listed?: true
  readonly hint?: string
}

export interface Register {
  readonly kind: string
  readonly title: string
  /** What one is called. */
  readonly one: string
  readonly empty: string
  readonly fields: readonly RecordField[]
}

const levels = ['low', 'medium', 'high'] as const
const line = (name: string, label: string, listed?: true, hint?: string): RecordField => ({
  name,
  label,
  kind: 'line',
  ...(listed ? { listed } : {}),
  ...(hint === undefined ? {} : { hint }),
})
const text = (name: string, label: string): RecordField => ({ name, label, kind: 'text' })
const day = (name: string, label: string): RecordField => ({ name, label, kind: 'day', listed: true })
const choice = (name: string, label: string, choices: readonly string[]): RecordField => ({
  name,
  label,
  kind: 'choice',
  choices,
  listed: true,
})

/** The registers of the page of governance. What a record may hold is the server's word (`record-kinds.ts`). */
export const registers = {
  member: {
    kind: 'member',
    title: 'Members',
    one: 'member',
    empty:
      'Nobody is named yet. Start with the SOC lead, data protection, and whoever answers for the models.',
    fields: [
      line('name', 'Name', true),
      line('function', 'Function', true),
      day('since', 'Since'),
      day('until', 'Until'),
      text('notes', 'Notes'),
    ],
  },
  decision: {
    kind: 'decision',
    title: 'Decisions',
    one: 'decision',
    empty: 'No decision is recorded yet.',
    fields: [
      line('title', 'About', true),
      day('decided', 'Decided'),
      text('decision', 'Decision'),
      text('reasons', 'Reasons'),
      day('reviewDue', 'To be looked at again'),
    ],
  },
  supplier: {
    kind: 'supplier',
    title: 'Suppliers of models',
    one: 'supplier',
    empty: 'No supplier is registered. Under enforced gates a model that is not local needs one.',
    fields: [
      line('name', 'Name', true),
      line(
        'provider',
        'Provider, as in models.yaml',
        true,
        'openai, anthropic, azure, google, mistral, bedrock, …',
      ),
      choice('zone', 'Trust zone', ['local', 'on-prem', 'contracted', 'public']),
      choice('trainingUse', 'Trains on our data', ['no', 'opt-out', 'yes', 'unknown']),
      line('region', 'Region', true),
      line('licence', 'Licence of the model'),
      line('terms', 'Data processing terms'),
      line('retention', 'How long they keep requests'),
      day('reviewDue', 'Review due'),
      text('notes', 'Notes'),
    ],
  },
  risk: {
    kind: 'risk',
    title: 'Risks',
    one: 'risk',
    empty: 'No risk is registered yet.',
    fields: [
      line('title', 'Risk', true),
      choice('likelihood', 'Likelihood', levels),
      choice('impact', 'Impact', levels),
      line('owner', 'Owner', true),
      choice('state', 'State', ['open', 'treated', 'accepted', 'closed']),
      day('reviewDue', 'Review due'),
      text('treatment', 'Treatment'),
    ],
  },
  incident: {
    kind: 'incident',
    title: 'AI incidents',
    one: 'incident',
    empty:
      'No AI failure is recorded. One is: a wrong answer that somebody acted on, data that went where it must not.',
    fields: [
      line('title', 'What', true),
      choice('severity', 'Severity', ['low', 'medium', 'high', 'critical']),
      choice('state', 'State', ['open', 'contained', 'resolved', 'reported']),
      day('noticed', 'Noticed'),
      text('what', 'What happened'),
      text('containment', 'What was done at once'),
      text('cause', 'Cause'),
      text('lesson', 'What was learned'),
    ],
  },
  runbook: {
    kind: 'runbook',
    title: 'Runbooks',
    one: 'runbook',
    empty: '',
    fields: [
      line('title', 'Title', true),
      line('ruleId', 'Rule', true),
      choice('state', 'State', ['draft', 'in-use', 'retired']),
      text('text', 'Text'),
    ],
  },
  exercise: {
    kind: 'exercise',
    title: 'Training exercises',
    one: 'exercise',
    empty: '',
    fields: [
      line('title', 'Title', true),
      line('ruleId', 'Rule', true),
      choice('state', 'State', ['draft', 'in-use', 'retired']),
      text('text', 'Text'),
      text('answer', 'Answer'),
    ],
  },
  policy: {
    kind: 'policy',
    title: 'Policy on the use of AI',
    one: 'policy',
    empty: '',
    fields: [line('title', 'Title'), text('text', 'Text')],
  },
  charter: {
    kind: 'charter',
    title: 'Charter',
    one: 'charter',
    empty: 'The working group has no charter yet: what it is for, what it decides, how often it meets.',
    fields: [line('title', 'Title', true), text('text', 'Text')],
  },
} as const satisfies Record<string, Register>
