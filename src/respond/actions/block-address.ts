import { everyPlatform, responseAction } from '../action.ts'
import { addressArguments } from './address-arguments.ts'

/** Drops traffic from and to an address in the endpoint's own firewall. */
export const blockAddress = responseAction({
  name: 'block-address',
  title: 'Block address',
  schema: addressArguments,
  effect: 'reversible',
  approvers: 1,
  stepUp: false,
  platforms: everyPlatform,
  touches: args => [{ kind: 'address', value: args.address }],
  describe: (args, target) =>
    `Drop all traffic between ${args.address} and ${target.agentName} in its firewall.`,
  blastRadius: args =>
    `Everything that ${args.address} does with this host, wanted or not; others behind the same address too.`,
  undo: args => ({ action: 'unblock-address', arguments: args }),
  deliver: args => ({ kind: 'endpoint', fields: { action: 'block-address', address: args.address } }),
})
