import { mailPlatform, responseAction } from '../action.ts'
import { mailAddressArguments } from './mail-arguments.ts'

/** No more mail from one address. */
export const blockMailSender = responseAction({
  name: 'block-mail-sender',
  title: 'Block sender',
  schema: mailAddressArguments,
  effect: 'reversible',
  approvers: 1,
  stepUp: false,
  platforms: mailPlatform,
  touches: args => [{ kind: 'mail-address', value: args.address }],
  describe: args => `Refuse all mail from ${args.address} at the mail gateway.`,
  blastRadius: args => `Whatever ${args.address} sends to anybody here, wanted or not.`,
  undo: args => ({ action: 'unblock-mail-sender', arguments: args }),
  deliver: args => ({ kind: 'mail-gateway', operation: 'block-mail-sender', arguments: args }),
})
