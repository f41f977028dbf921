import { assistantTools } from '../chat/tools/assistant-tools.ts'
import type { Asker, Tool } from '../chat/tools/tool.ts'
import { readConfig } from '../config.ts'
import { rankTechniques } from '../intel/rank-techniques.ts'
import { systemClock } from '../lib/clock.ts'
import { readDocuments } from '../main/read-documents.ts'
import { storedAttack, storedKnowledge } from '../main/stored-knowledge.ts'
import { type Io, readInput } from './command.ts'
import { AlertReader } from './triage/read-alerts.ts'

/** Who asks on a command line: nobody else's data is there. */
export const offlineAsker: Asker = { tenant: 'offline', role: 'analyst' }

/** The assistant's tools over a file of alerts. */
export async function offlineTools(path: string, io: Io): Promise<Tool[]> {
  const reader = new AlertReader(systemClock.now())
  reader.read(await readInput(path, io), path)
  const alerts = reader.result().alerts.toSorted((a, b) => a.timestampMs - b.timestampMs)
  const { dataDir } = readConfig()
  return assistantTools({
    alerts: { current: async () => alerts, ofCase: async () => [] },
    rankTechniques,
    documents: readDocuments(dataDir),
    attack: storedAttack(dataDir),
    imported: storedKnowledge(dataDir),
  })
}
