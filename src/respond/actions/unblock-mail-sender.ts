import { mailPlatform, responseAction } from '../action.ts'
import { mailAddressArguments } from './mail-arguments.ts'

/** Takes a sender's block back. */
export const unblockMailSender = responseAction({
  name: 'unblock-mail-sender',
  title: 'Unblock sender',
  schema: mailAddressArguments,
  effect: 'reversible',
  approvers: 1,
  stepUp: false,
  platforms: mailPlatform,
  touches: args => [{ kind: 'mail-address', value: args.address }],
  describe: args => `Take mail from ${args.address} again.`,
  blastRadius: args => `What ${args.address} sends reaches people again.`,
  undo: args => ({ action: 'block-mail-sender', arguments: args }),
  deliver: args => ({ kind: 'mail-gateway', operation: 'unblock-mail-sender', arguments: args }),
})
