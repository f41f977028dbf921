import type { PluginName } from '../decoder.ts'
import type { WazuhEvent } from '../event.ts'

/** Runs one of the decoders that Wazuh has in code, on an event whose decoder is known. */
export type PluginRunner = (name: PluginName, event: WazuhEvent) => void
