import { everyPlatform, responseAction } from '../action.ts'
import { addressArguments } from './address-arguments.ts'

/** Takes away a block that `block-address` made. */
export const unblockAddress = responseAction({
  name: 'unblock-address',
  title: 'Unblock address',
  schema: addressArguments,
  effect: 'reversible',
  approvers: 1,
  stepUp: false,
  platforms: everyPlatform,
  touches: args => [{ kind: 'address', value: args.address }],
  describe: (args, target) => `Allow traffic between ${args.address} and ${target.agentName} again.`,
  blastRadius: args => `${args.address} can reach this host again.`,
  undo: args => ({ action: 'block-address', arguments: args }),
  deliver: args => ({ kind: 'endpoint', fields: { action: 'unblock-address', address: args.address } }),
})
