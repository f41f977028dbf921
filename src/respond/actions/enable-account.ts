import { everyPlatform, responseAction } from '../action.ts'
import { accountArguments } from './account-arguments.ts'

/** Unlocks a local account that `disable-account` locked. */
export const enableAccount = responseAction({
  name: 'enable-account',
  title: 'Enable account',
  schema: accountArguments,
  effect: 'reversible',
  approvers: 1,
  stepUp: false,
  platforms: everyPlatform,
  touches: args => [{ kind: 'account', value: args.account }],
  describe: (args, target) => `Unlock the local account ${args.account} on ${target.agentName}.`,
  blastRadius: args => `${args.account} can sign in again.`,
  undo: args => ({ action: 'disable-account', arguments: args }),
  deliver: args => ({ kind: 'endpoint', fields: { action: 'enable-account', account: args.account } }),
})
