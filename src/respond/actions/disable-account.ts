import { everyPlatform, responseAction } from '../action.ts'
import { accountArguments } from './account-arguments.ts'

/** Locks a local account. */
export const disableAccount = responseAction({
  name: 'disable-account',
  title: 'Disable account',
  schema: accountArguments,
  effect: 'reversible',
  approvers: 2,
  stepUp: true,
  platforms: everyPlatform,
  touches: args => [{ kind: 'account', value: args.account }],
  describe: (args, target) => `Lock the local account ${args.account} on ${target.agentName}.`,
  blastRadius: args => `${args.account} can no longer sign in there; sessions that are open go on.`,
  undo: args => ({ action: 'enable-account', arguments: args }),
  deliver: args => ({ kind: 'endpoint', fields: { action: 'disable-account', account: args.account } }),
})
