import { z } from 'zod'
import { everyPlatform, responseAction } from '../action.ts'

/** Restarts the Wazuh agent through the server API. */
export const restartAgent = responseAction({
  name: 'restart-agent',
  title: 'Restart Wazuh agent',
  schema: z.strictObject({}),
  effect: 'reversible',
  approvers: 1,
  stepUp: false,
  platforms: everyPlatform,
  touches: (_, target) => [{ kind: 'host', value: target.agentName }],
  describe: (_, target) => `Restart the Wazuh agent on ${target.agentName}.`,
  blastRadius: () => 'No events from this host for some seconds.',
  undo: undefined,
  deliver: () => ({ kind: 'restart-agent' }),
})
