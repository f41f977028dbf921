import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { seededRandom } from '../../src/lib/seeded-random.ts'

// Alerts as a busy manager writes them: the kinds of the shipped sample; four in five come from sixty noisy pairs of
// rule and host (a scanner, a chatty service, failing logons), the rest from four hundred hosts, many accounts and
// addresses. Padded to 1-4 KB, as Windows messages and packet payloads do.

const sample = join(import.meta.dirname, '..', '..', 'samples', 'alerts.ndjson')
const words =
  'The process creation was audited: subject logon token elevation type mandatory label parent image integrity level session'.split(
    ' ',
  )

/** The lines of an alerts.json with `count` alerts, 50 a second. The same seed gives the same lines. */
export function* realisticAlerts(
  count: number,
  seed: number,
  startMs = 1_780_000_000_000,
): Generator<string> {
  const random = seededRandom(seed)
  const templates = readFileSync(sample, 'utf8')
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line))
  /** Few values often, many rarely. */
  const skewed = (size: number) => Math.floor(size * random() ** 3)
  const noisy = Array.from({ length: 60 }, () => ({
    template: Math.floor(random() * templates.length),
    host: skewed(400),
    network: skewed(200),
    address: skewed(250),
  }))
  for (let index = 0; index < count; index++) {
    const rare = {
      template: skewed(templates.length),
      host: skewed(400),
      network: skewed(200),
      address: skewed(250),
    }
    const chosen = random() < 0.8 ? (noisy[skewed(noisy.length)] ?? rare) : rare
    const atMs = startMs + index * 20
    const text = JSON.stringify({
      ...templates[chosen.template],
      timestamp: new Date(atMs).toISOString().replace('Z', '+0000'),
      agent: {
        id: String(chosen.host + 1).padStart(3, '0'),
        name: `host-${chosen.host}`,
        ip: `10.1.${chosen.host >> 8}.${chosen.host & 255}`,
      },
      id: `${Math.floor(atMs / 1000)}.${index}`,
      previous_output: padding(random, 300 + skewed(3000)),
    })
    yield text
      .replace(/203\.0\.113\.\d+/g, `203.0.${chosen.network}.${chosen.address}`)
      .replace(/198\.51\.100\.\d+/g, `198.51.${chosen.network}.${chosen.address}`)
  }
}

function padding(random: () => number, length: number): string {
  let text = ''
  while (text.length < length)
    text += `${words[Math.floor(random() * words.length)]}=${Math.floor(random() * 1e6)} `
  return text
}
