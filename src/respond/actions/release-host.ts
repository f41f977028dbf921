import { z } from 'zod'
import { everyPlatform, responseAction } from '../action.ts'

/** Ends the isolation that `isolate-host` began. */
export const releaseHost = responseAction({
  name: 'release-host',
  title: 'Release host from isolation',
  schema: z.strictObject({}),
  effect: 'reversible',
  approvers: 1,
  stepUp: false,
  platforms: everyPlatform,
  touches: (_, target) => [{ kind: 'host', value: target.agentName }],
  describe: (_, target) => `Allow the traffic of ${target.agentName} again.`,
  blastRadius: () => 'What was contained can spread again.',
  undo: () => ({ action: 'isolate-host', arguments: {} }),
  deliver: () => ({ kind: 'endpoint', fields: { action: 'release-host' } }),
})
