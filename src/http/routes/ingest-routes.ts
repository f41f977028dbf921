import type { Ingest, IngestReceipt } from '../../ingest/ingest.ts'
import { settingsEndpoints } from '../contract-settings.ts'
import { RequestError } from '../http-error.ts'
import { type Route, route } from '../route.ts'

const maxBodyBytes = 20 * 1024 * 1024
/** Alerts are stored one batch after the other: what waits for its turn waits in memory. */
const heldBytes = 64 * 1024 * 1024

/** The webhook of the Wazuh integrator: what it answers with 2xx is stored. */
export function ingestRoutes(
  ingest: Ingest,
  tenant: string,
  onReceived: (receipt: IngestReceipt) => void,
): Route[] {
  return [
    route(
      settingsEndpoints.ingest,
      async ({ body }) => {
        const lines = linesOf(body.raw)
        if (lines.length === 0)
          throw new RequestError('bad-request', 'send one alert, or one per line, as JSON', 'body')
        const receipt = await ingest({ tenant, source: 'webhook', sample: false, lines })
        onReceived(receipt)
        return receipt
      },
      { bodyBytes: maxBodyBytes, requestsPerMinute: false, heldBytes },
    ),
  ]
}

function linesOf(body: Buffer): { bytes: Buffer; where: string }[] {
  const lines: { bytes: Buffer; where: string }[] = []
  let number = 0
  for (let start = 0; start < body.length; ) {
    const found = body.indexOf(10, start)
    const end = found === -1 ? body.length : found
    number++
    const bytes = body.subarray(start, end)
    if (bytes.some(byte => byte > 32)) lines.push({ bytes, where: `webhook line ${number}` })
    start = end + 1
  }
  return lines
}
