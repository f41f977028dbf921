import { mailPlatform, responseAction } from '../action.ts'
import { mailMessagesArguments } from './mail-arguments.ts'

/** Puts purged mails back. */
export const restoreMail = responseAction({
  name: 'restore-mail',
  title: 'Restore mail',
  schema: mailMessagesArguments,
  effect: 'reversible',
  approvers: 1,
  stepUp: true,
  platforms: mailPlatform,
  touches: () => [],
  describe: args =>
    `Put ${args.messageIds.length === 1 ? 'the mail' : `${args.messageIds.length} mails`} of ${args.sender} back from the quarantine.`,
  blastRadius: () => 'People can open these mails again.',
  undo: args => ({ action: 'purge-mail', arguments: args }),
  deliver: args => ({ kind: 'mail-gateway', operation: 'restore-mail', arguments: args }),
})
