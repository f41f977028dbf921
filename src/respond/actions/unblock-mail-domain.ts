import { mailPlatform, responseAction } from '../action.ts'
import { mailDomainArguments } from './mail-arguments.ts'

/** Takes a domain's block back. */
export const unblockMailDomain = responseAction({
  name: 'unblock-mail-domain',
  title: 'Unblock sender domain',
  schema: mailDomainArguments,
  effect: 'reversible',
  approvers: 1,
  stepUp: false,
  platforms: mailPlatform,
  touches: args => [{ kind: 'mail-domain', value: args.domain }],
  describe: args => `Take mail from ${args.domain} again.`,
  blastRadius: args => `What ${args.domain} sends reaches people again.`,
  undo: args => ({ action: 'block-mail-domain', arguments: args }),
  deliver: args => ({ kind: 'mail-gateway', operation: 'unblock-mail-domain', arguments: args }),
})
