import { z } from 'zod'
import { everyPlatform, responseAction } from '../action.ts'

/** Cuts an endpoint off from everything but its Wazuh manager. */
export const isolateHost = responseAction({
  name: 'isolate-host',
  title: 'Isolate host',
  schema: z.strictObject({}),
  effect: 'reversible',
  approvers: 2,
  stepUp: true,
  platforms: everyPlatform,
  touches: (_, target) => [{ kind: 'host', value: target.agentName }],
  describe: (_, target) => `Drop all traffic of ${target.agentName} except to its Wazuh manager.`,
  blastRadius: (_, target) =>
    `Every service that ${target.agentName} gives or needs stops, remote logins included.`,
  undo: () => ({ action: 'release-host', arguments: {} }),
  deliver: () => ({ kind: 'endpoint', fields: { action: 'isolate-host' } }),
})
