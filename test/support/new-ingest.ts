import { defaultGrouping } from '../../src/group/grouping-options.ts'
import { GroupingMemory } from '../../src/ingest/grouping-memory.ts'
import { createIngest, type IngestBatch } from '../../src/ingest/ingest.ts'
import type { Clock } from '../../src/lib/clock.ts'
import type { Database } from '../../src/lib/database.ts'
import { randomIds } from '../../src/lib/ids.ts'

/** Ingest as one process has it: with its own memory of the cases. Takes lines of alerts.json. */
export function newIngest(database: Database, clock: Clock) {
  const ids = randomIds()
  const ingest = createIngest({
    database,
    clock,
    ids,
    memory: new GroupingMemory(defaultGrouping, ids, clock),
    slaMinutes: [1440, 480, 120, 30],
  })
  return (lines: readonly (string | Buffer)[], more: Partial<IngestBatch> = {}) =>
    ingest({
      tenant: 'default',
      source: 'test',
      sample: false,
      lines: lines.map((line, index) => ({ bytes: Buffer.from(line), where: `line ${index + 1}` })),
      ...more,
    })
}
