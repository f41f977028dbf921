import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Config } from '../config.ts'
import { messageOf } from '../lib/app-error.ts'
import { openCheckpointTargets } from '../main/ship-checkpoints.ts'
import type { Io } from './command.ts'
import type { Finding } from './doctor.ts'

/** Each place for checkpoints of the ledger: whether it would take one, without sending any. */
export async function checkpoints(config: Config, io: Io): Promise<Finding[]> {
  const check = 'checkpoints'
  if (config.checkpoints.to.length === 0)
    return [
      {
        check,
        state: 'off',
        detail: 'none are kept elsewhere: who holds this machine could rewrite the ledger as a whole',
        hint: 'Set TOCSIN_CHECKPOINT_TO: a file on another machine, syslog+tls: or s3+https:.',
      },
    ]
  if (config.tenantBound)
    return [{ check, state: 'off', detail: "the owner's processes ship them: a tenant sees its own entries" }]
  const findings: Finding[] = []
  for (const url of config.checkpoints.to) findings.push(await target(config, url, check, io))
  return findings
}

async function target(config: Config, url: string, check: string, io: Io): Promise<Finding> {
  try {
    const [place] = await openCheckpointTargets(config, [url])
    const found = (await place?.check(io.signal)) ?? ''
    if (url.startsWith('file:') && (await onOneDisk(fileURLToPath(url), config.dataDir)))
      return {
        check,
        state: 'warning',
        detail: `${url}: ${found}, on the disk of the data folder`,
        hint: 'Who can change the ledger can change this file too: use another machine, or a medium written once.',
      }
    return { check, state: 'ok', detail: `${url}: ${found}` }
  } catch (error) {
    return { check, state: 'failed', detail: messageOf(error), hint: hintFor(url) }
  }
}

async function onOneDisk(path: string, dataDir: string): Promise<boolean> {
  const deviceOf = async (folder: string): Promise<number | undefined> =>
    (await stat(folder).catch(() => undefined))?.dev
  const device = await deviceOf(dirname(path))
  // Before the first start there is no data folder: it will be made in the one above.
  const data = (await deviceOf(dataDir)) ?? (await deviceOf(dirname(dataDir)))
  return device !== undefined && device === data
}

function hintFor(url: string): string {
  if (url.startsWith('file:')) return 'Make the folder, and let the user that Tocsin runs as write there.'
  if (url.startsWith('s3+'))
    return 'Check TOCSIN_CHECKPOINT_S3_KEY, the bucket and the region; the key needs the right to put objects.'
  return 'Check host, port and, for TLS, TOCSIN_CHECKPOINT_CA; the receiver has to listen there.'
}
