import type { ResponseAction } from './action.ts'
import { blockAddress } from './actions/block-address.ts'
import { blockMailDomain } from './actions/block-mail-domain.ts'
import { blockMailSender } from './actions/block-mail-sender.ts'
import { customCommandAction } from './actions/custom-command.ts'
import { deleteFile } from './actions/delete-file.ts'
import { disableAccount } from './actions/disable-account.ts'
import { enableAccount } from './actions/enable-account.ts'
import { inventoryQuery } from './actions/inventory-query.ts'
import { isolateHost } from './actions/isolate-host.ts'
import { killProcess } from './actions/kill-process.ts'
import { openTicketAction } from './actions/open-ticket.ts'
import { purgeMail } from './actions/purge-mail.ts'
import { quarantineFile } from './actions/quarantine-file.ts'
import { releaseHost } from './actions/release-host.ts'
import { resetCredentials } from './actions/reset-credentials.ts'
import { restartAgent } from './actions/restart-agent.ts'
import { restoreFile } from './actions/restore-file.ts'
import { restoreMail } from './actions/restore-mail.ts'
import { unblockAddress } from './actions/unblock-address.ts'
import { unblockMailDomain } from './actions/unblock-mail-domain.ts'
import { unblockMailSender } from './actions/unblock-mail-sender.ts'
import { warnRecipients } from './actions/warn-recipients.ts'
import { yaraScan } from './actions/yara-scan.ts'
import type { ResponsePolicy } from './response-policy.ts'

/** Tocsin's own actions. */
export const responseActions: readonly ResponseAction[] = [
  yaraScan,
  inventoryQuery,
  quarantineFile,
  restoreFile,
  deleteFile,
  blockAddress,
  unblockAddress,
  isolateHost,
  releaseHost,
  disableAccount,
  enableAccount,
  killProcess,
  restartAgent,
  blockMailSender,
  unblockMailSender,
  blockMailDomain,
  unblockMailDomain,
  purgeMail,
  restoreMail,
  warnRecipients,
  resetCredentials,
]

const known = new WeakMap<ResponsePolicy, readonly ResponseAction[]>()

/**
 * Every action there is under this policy: Tocsin's own, and what admins allow-listed, each with as many approvers as
 * the policy asks for. What is not here cannot be proposed, whoever asks.
 */
export function actionsOf(policy: ResponsePolicy): readonly ResponseAction[] {
  const before = known.get(policy)
  if (before !== undefined) return before
  const actions = [
    ...responseActions,
    ...policy.commands.map(customCommandAction),
    ...policy.tickets.map(openTicketAction),
  ].map(action => ({ ...action, approvers: Math.max(action.approvers, policy.approvals[action.name] ?? 0) }))
  known.set(policy, actions)
  return actions
}

export function findAction(policy: ResponsePolicy, name: string): ResponseAction | undefined {
  return actionsOf(policy).find(action => action.name === name)
}
