import { mailPlatform, responseAction } from '../action.ts'
import { mailWarningArguments, someOf } from './mail-arguments.ts'

/** Tells those who got a bad mail what to do. */
export const warnRecipients = responseAction({
  name: 'warn-recipients',
  title: 'Warn recipients',
  schema: mailWarningArguments,
  effect: 'irreversible',
  approvers: 1,
  stepUp: false,
  platforms: mailPlatform,
  touches: () => [],
  describe: args => `Send a warning to ${someOf(args.recipients)}: "${args.text}"`,
  blastRadius: args =>
    `${args.recipients.length === 1 ? 'One person gets' : `${args.recipients.length} people get`} a mail.`,
  undo: undefined,
  deliver: args => ({ kind: 'mail-gateway', operation: 'warn-recipients', arguments: args }),
})
