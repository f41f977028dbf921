import type { Role } from '../../src/domain/role.ts'
import { people } from './approval-histories.ts'

// Written from the rules alone: it shares no code with the product, which is held against it.

interface Yes {
  readonly by: string
  readonly fresh: boolean
  /** Who could be speaking when it was said, and who could be behind the request then. */
  readonly voices: readonly string[]
  readonly asking: readonly string[]
}

/** What the rules allow, kept beside the product. */
export class ApprovalModel {
  state: 'draft' | 'awaiting' | 'over' = 'draft'
  requester: string | undefined
  readonly yes: Yes[] = []
  readonly decided = new Set<string>()
  readonly role = new Map<string, Role>(people.map(id => [id, 'approver']))
  readonly disabled = new Set<string>()
  readonly vouched = new Map<
    string,
    { readonly by: string; readonly alone: boolean; readonly atMinute: number }
  >()
  tampered = false
  ageMinutes = 0

  /** Who may be speaking where this person does, within a day of their account's last renewal. */
  voices(id: string): string[] {
    const vouch = this.newVouch(id)
    return vouch === undefined ? [id] : [id, vouch.by]
  }

  newVouch(id: string) {
    const vouch = this.vouched.get(id)
    return vouch !== undefined && this.ageMinutes - vouch.atMinute < 24 * 60 ? vouch : undefined
  }

  approvals(action: string): number {
    const used = new Set<string>()
    return this.yes.filter(({ by, fresh, voices, asking }) => {
      if (by === this.requester || !['approver', 'admin'].includes(this.role.get(by) ?? '')) return false
      if (this.disabled.has(by) || (action === 'delete-file' && !fresh)) return false
      if (voices.some(voice => used.has(voice) || asking.includes(voice))) return false
      for (const voice of voices) used.add(voice)
      return true
    }).length
  }

  mayRun(action: string): boolean {
    return (
      this.state === 'awaiting' &&
      !this.tampered &&
      this.ageMinutes < 240 &&
      this.approvals(action) >= (action === 'delete-file' ? 2 : 1)
    )
  }
}
