import { mailPlatform, responseAction } from '../action.ts'
import { mailMessagesArguments } from './mail-arguments.ts'

/** Takes delivered mails out of the mailboxes; the quarantine keeps them. */
export const purgeMail = responseAction({
  name: 'purge-mail',
  title: 'Purge mail',
  schema: mailMessagesArguments,
  effect: 'reversible',
  approvers: 1,
  stepUp: false,
  platforms: mailPlatform,
  touches: () => [],
  describe: args =>
    `Move ${args.messageIds.length === 1 ? 'the mail' : `${args.messageIds.length} mails`} of ${args.sender} out of every mailbox into the quarantine.`,
  blastRadius: () => 'People who have read the mail no longer find it; the quarantine keeps it.',
  undo: args => ({ action: 'restore-mail', arguments: args }),
  deliver: args => ({ kind: 'mail-gateway', operation: 'purge-mail', arguments: args }),
})
