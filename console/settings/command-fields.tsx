import type { ChangeSettingsBody } from '../../src/http/contract-respond.ts'
import { ChoiceList } from '../components/choice-list.tsx'
import { SelectField, TextField, WordsField } from '../components/field.tsx'
import { RowList } from '../components/row-list.tsx'
import { ActionNameFields, ApproversField } from './allowed-action-fields.tsx'

export type Command = NonNullable<ChangeSettingsBody['settings']['commands']>[number]
type Argument = NonNullable<Command['arguments']>[number]
type ArgumentKind = Argument['kind']

const argumentKinds: Readonly<Record<ArgumentKind, string>> = {
  text: 'text of a pattern',
  choice: 'one of a list',
  number: 'a whole number',
  address: 'an IP address',
  account: 'an account',
  path: 'a file',
}

const effects: Readonly<Record<Command['effect'], string>> = {
  reads: 'only reads',
  reversible: 'can be undone',
  irreversible: 'for good',
}

const platforms = ['linux', 'macos', 'windows'] as const

const blankCommand = (): Command => ({
  name: '',
  title: '',
  command: '',
  arguments: [],
  platforms: ['linux'],
  effect: 'reversible',
  approvers: 1,
  risk: '',
})

function blankArgument(kind: ArgumentKind, name: string): Argument {
  switch (kind) {
    case 'text':
      return { kind, name, pattern: '[a-z0-9-]+' }
    case 'choice':
      return { kind, name, choices: [] }
    case 'number':
      return { kind, name, min: 0, max: 100 }
    default:
      return { kind, name }
  }
}

/** Active-response commands of the organisation's own, which people may then propose. */
export function CommandFields({
  commands,
  onChange,
}: {
  commands: readonly Command[]
  onChange: (commands: readonly Command[]) => void
}) {
  return (
    <RowList<Command>
      card
      legend="Commands of your own"
      hint="Active-response commands that your Wazuh manager or agents have, which people may then propose. A new or changed one waits for a second admin; changing it voids approvals of it."
      rows={commands}
      blank={blankCommand}
      add="Allow a command"
      nameOf={(row, at) => row.title || `Command ${at + 1}`}
      onChange={onChange}
      fields={(row, change) => (
        <>
          <div className="grid grid-cols-3 gap-3 max-sm:grid-cols-1">
            <ActionNameFields row={row} change={change} />
            <TextField
              label="Command of Wazuh"
              hint="Of ar.conf (restart-nginx0), or ! and a script."
              required
              pattern="!?[A-Za-z0-9][\w.\-]{0,99}"
              value={row.command}
              onChange={event => change({ command: event.target.value })}
            />
          </div>
          <ArgumentFields rows={row.arguments ?? []} onChange={next => change({ arguments: [...next] })} />
          <ChoiceList
            legend="Can be done on"
            options={platforms.map(value => ({ value, label: value }))}
            chosen={row.platforms}
            onChange={chosen => change({ platforms: [...chosen] })}
          />
          <div className="grid grid-cols-3 gap-3 max-sm:grid-cols-1">
            <SelectField
              label="Effect"
              value={row.effect}
              onChange={event => change({ effect: event.target.value as Command['effect'] })} // Its options are these.
              options={Object.entries(effects).map(([value, label]) => ({ value, label }))}
            />
            <ApproversField row={row} change={change} />
            <SelectField
              label="Taken back by"
              value={row.reversibleBy ?? ''}
              onChange={event =>
                change({ reversibleBy: event.target.value === '' ? undefined : event.target.value })
              }
              options={[
                { value: '', label: 'nothing' },
                ...commands
                  .filter(other => other !== row && other.name !== '')
                  .map(other => ({ value: other.name, label: other.title || other.name })),
              ]}
            />
          </div>
          <TextField
            label="What else suffers"
            hint="For whoever has to approve it."
            required
            maxLength={300}
            value={row.risk}
            onChange={event => change({ risk: event.target.value })}
          />
        </>
      )}
    />
  )
}

/** The arguments of one command, in the order in which the script gets them. */
function ArgumentFields({
  rows,
  onChange,
}: {
  rows: readonly Argument[]
  onChange: (rows: readonly Argument[]) => void
}) {
  return (
    <RowList<Argument>
      legend="Arguments"
      hint="One word each, in this order: Wazuh splits at spaces. None may begin with a dash."
      rows={rows}
      blank={() => blankArgument('text', '')}
      add="Add an argument"
      nameOf={(row, at) => `argument ${row.name || at + 1}`}
      onChange={onChange}
      fields={(row, change, at) => (
        <>
          <TextField
            label="Name of the argument"
            required
            pattern="[a-z][a-z0-9\-]{0,39}"
            value={row.name}
            onChange={event => change({ name: event.target.value })}
          />
          <SelectField
            label="It is"
            value={row.kind}
            onChange={event => {
              const kind = event.target.value as ArgumentKind // Its options are the kinds.
              onChange(rows.map((each, index) => (index === at ? blankArgument(kind, row.name) : each)))
            }}
            options={Object.entries(argumentKinds).map(([value, label]) => ({ value, label }))}
          />
          <ArgumentLimits row={row} change={change} />
        </>
      )}
    />
  )
}

function ArgumentLimits({ row, change }: { row: Argument; change: (part: Partial<Argument>) => void }) {
  if (row.kind === 'text')
    return (
      <>
        <TextField
          label="Pattern of the whole"
          required
          maxLength={200}
          value={row.pattern}
          onChange={event => change({ pattern: event.target.value })}
        />
        <TextField
          label="At most (characters)"
          type="number"
          min={1}
          max={500}
          placeholder="200"
          value={row.maxLength ?? ''}
          onChange={event =>
            change({ maxLength: event.target.value === '' ? undefined : Number(event.target.value) })
          }
        />
      </>
    )
  if (row.kind === 'choice')
    return (
      <WordsField
        label="Choices, with commas between"
        required
        words={row.choices}
        onWords={choices => change({ choices })}
      />
    )
  if (row.kind !== 'number') return null
  return (
    <>
      <TextField
        label="From"
        type="number"
        required
        value={row.min ?? 0}
        onChange={event => change({ min: Number(event.target.value) })}
      />
      <TextField
        label="To"
        type="number"
        required
        value={row.max}
        onChange={event => change({ max: Number(event.target.value) })}
      />
    </>
  )
}
