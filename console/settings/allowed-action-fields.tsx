import { TextField } from '../components/field.tsx'

/** What a command of the organisation's own and a receiver of tickets have in common: both are actions that settings allow. */
interface AllowedAction {
  readonly name: string
  readonly title: string
  readonly approvers?: number | undefined
}

interface Props {
  readonly row: AllowedAction
  readonly change: (part: { name?: string; title?: string; approvers?: number }) => void
}

/** How people and the ledger call the action. */
export function ActionNameFields({ row, change }: Props) {
  return (
    <>
      <TextField
        label="Title"
        hint="As people see it when they propose it."
        required
        maxLength={300}
        value={row.title}
        onChange={event => change({ title: event.target.value })}
      />
      <TextField
        label="Name"
        hint="Lower-case letters, digits and dashes."
        required
        pattern="[a-z][a-z0-9\-]{0,39}"
        value={row.name}
        onChange={event => change({ name: event.target.value })}
      />
    </>
  )
}

/** How many people have to approve the action. */
export function ApproversField({ row, change }: Props) {
  return (
    <TextField
      label="Approvers"
      hint="Besides whoever asks."
      type="number"
      required
      min={1}
      max={5}
      value={row.approvers ?? 1}
      onChange={event => change({ approvers: Number(event.target.value) })}
    />
  )
}
