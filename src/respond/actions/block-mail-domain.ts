import { mailPlatform, responseAction } from '../action.ts'
import { mailDomainArguments } from './mail-arguments.ts'

/** No more mail from a whole domain. */
export const blockMailDomain = responseAction({
  name: 'block-mail-domain',
  title: 'Block sender domain',
  schema: mailDomainArguments,
  effect: 'reversible',
  approvers: 1,
  stepUp: false,
  platforms: mailPlatform,
  touches: args => [{ kind: 'mail-domain', value: args.domain }],
  describe: args => `Refuse all mail from ${args.domain} and the names under it at the mail gateway.`,
  blastRadius: args => `Everybody who writes from ${args.domain}, not only this sender.`,
  undo: args => ({ action: 'unblock-mail-domain', arguments: args }),
  deliver: args => ({ kind: 'mail-gateway', operation: 'block-mail-domain', arguments: args }),
})
