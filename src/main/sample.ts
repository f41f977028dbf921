import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../lib/app-error.ts'
import type { Application } from './application.ts'

const path = join(import.meta.dirname, '..', '..', 'samples', 'alerts.ndjson')
const batchLines = 500

/** Takes in the sample that Tocsin ships. Its cases are labelled as a sample. Returns how many alerts were new. */
export async function replaySample(app: Application): Promise<number> {
  const bytes = await readFile(path).catch(error => {
    throw new AppError('not-found', `the sample is not part of this installation (${path})`, { cause: error })
  })
  const lines = bytes
    .toString('utf8')
    .split('\n')
    .filter(line => line !== '')
    .map((line, index) => ({ bytes: Buffer.from(line), where: `sample line ${index + 1}` }))
  let stored = 0
  for (let start = 0; start < lines.length; start += batchLines) {
    const receipt = await app.ingest({
      tenant: app.tenant,
      source: 'sample',
      sample: true,
      lines: lines.slice(start, start + batchLines),
    })
    app.monitor.received('sample', receipt)
    stored += receipt.stored
  }
  return stored
}
