import type { ResponseAction } from './action.ts'
import { blockAddress } from './actions/block-address.ts'
import { blockMailDomain } from './actions/block-mail-domain.ts'
import { blockMailSender } from './actions/block-mail-sender.ts'
import { deleteFile } from './actions/delete-file.ts'
import { disableAccount } from './actions/disable-account.ts'
import { enableAccount } from './actions/enable-account.ts'
import { inventoryQuery } from './actions/inventory-query.ts'
import { isolateHost } from './actions/isolate-host.ts'
import { killProcess } from './actions/kill-process.ts'
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

/** Every action there is. What is not here cannot be proposed, whoever asks. */
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
