// Writes samples/alerts.ndjson, the invented day that `tocsin up` offers to replay: an intrusion among ordinary noise.
// `node scripts/make-sample-alerts.ts`; the same seed gives the same file.
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { intrusion } from './sample-alerts/intrusion.ts'
import { ordinaryDay } from './sample-alerts/ordinary-day.ts'
import { writeAlert } from './sample-alerts/sample-alert.ts'

const alerts = [...ordinaryDay(20260302), ...intrusion()].sort((a, b) => a.at - b.at)
const fired = new Map<string, number>()
let offset = 4096
const lines = alerts.map(alert => {
  // Wazuh starts its counters anew each hour.
  const counter = `${alert.rule[0]} ${Math.floor(alert.at / 60)}`
  const times = (fired.get(counter) ?? 0) + 1
  fired.set(counter, times)
  const line = writeAlert(alert, times, offset)
  offset += Buffer.byteLength(line) + 1
  return line
})
writeFileSync(resolve(import.meta.dirname, '..', 'samples', 'alerts.ndjson'), `${lines.join('\n')}\n`)
console.log(`${lines.length} alerts`)
