import { mailPlatform, responseAction } from '../action.ts'
import { mailAddressArguments } from './mail-arguments.ts'

/** Ends the sessions of somebody who may have typed their password on a phishing page. */
export const resetCredentials = responseAction({
  name: 'reset-credentials',
  title: 'Reset credentials',
  schema: mailAddressArguments,
  effect: 'irreversible',
  approvers: 1,
  stepUp: true,
  platforms: mailPlatform,
  touches: args => [{ kind: 'account', value: args.address }],
  describe: args => `End all sessions of ${args.address} and make them choose a new password.`,
  blastRadius: args => `${args.address} cannot work until a new password is set.`,
  undo: undefined,
  deliver: args => ({ kind: 'mail-gateway', operation: 'reset-credentials', arguments: args }),
})
