import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { IndicatorMatcher, type MatchableIndicator } from '../../src/indicators/indicator-matcher.ts'

const indicatorCount = 1_000_000
const alertCount = 20_000

/** ripgrep took 517 s here once; a minute is enough to see where it goes. */
const patienceMs = 60_000

/** Alerts a second on one core with a million indicators, against a naive scan and `ripgrep -F -f` on the same bytes. */
export function benchMatcher(): void {
  const indicators = Array.from({ length: indicatorCount }, (_, index) => indicatorOf(index))
  const alerts = Array.from({ length: alertCount }, (_, index) => alertOf(index, indicators))
  const bytes = alerts.reduce((sum, alert) => sum + alert.length, 0)
  const heapBefore = memoryMb()
  const matcher = new IndicatorMatcher(indicators)
  const heap = memoryMb() - heapBefore
  for (const alert of alerts.slice(0, 2_000)) matcher.match(alert)
  let hits = 0
  const ours = cpuSeconds(() => {
    for (const alert of alerts) hits += matcher.match(alert).length
  })
  console.log(
    `matcher, ${indicatorCount} indicators, ${alertCount} alerts of ${Math.round(bytes / alertCount)} bytes`,
  )
  console.log(
    `  tocsin              ${perSecond(alertCount, ours)} alerts/s (CPU time), ${hits} hits, ${heap.toFixed(0)} MB more memory`,
  )
  naive(indicators, alerts)
  ripgrep(indicators, alerts)
}

/** Every indicator searched in every alert; a hundred alerts tell, the rest would take an hour. */
function naive(indicators: readonly MatchableIndicator[], alerts: readonly string[]): void {
  const some = alerts.slice(0, 20)
  const seconds = cpuSeconds(() => {
    for (const alert of some) for (const { value } of indicators) alert.includes(value)
  })
  console.log(`  reference: naive    ${perSecond(some.length, seconds)} alerts/s, exact substrings only`)
}

function ripgrep(indicators: readonly MatchableIndicator[], alerts: readonly string[]): void {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-bench-'))
  try {
    writeFileSync(join(folder, 'patterns'), indicators.map(({ value }) => value).join('\n'))
    writeFileSync(join(folder, 'alerts'), alerts.join('\n'))
    const started = performance.now()
    const output = execFileSync(
      'rg',
      ['-F', '-c', '-j1', '-f', join(folder, 'patterns'), join(folder, 'alerts')],
      { encoding: 'utf8', timeout: patienceMs },
    )
    const seconds = (performance.now() - started) / 1000
    console.log(
      `  reference: ripgrep  ${perSecond(alerts.length, seconds)} alerts/s (${seconds.toFixed(1)} s with reading the patterns), ${output.trim()} lines, exact substrings only`,
    )
  } catch (error) {
    const slow = error instanceof Error && 'code' in error && error.code === 'ETIMEDOUT'
    const why = slow ? `not done after ${patienceMs / 1000} s` : `could not run: ${error}`
    console.log(`  reference: ripgrep  ${why}`)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** A mix as feeds have it: digests, addresses, domains, URLs, a few ranges. */
function indicatorOf(index: number): MatchableIndicator {
  const hex = createHash('sha256').update(`indicator ${index}`).digest('hex')
  const byte = (at: number) => Number.parseInt(hex.slice(at, at + 2), 16)
  const kind = index % 10
  if (kind < 3) return { type: 'sha256', value: hex }
  if (kind < 5) return { type: 'ipv4', value: [0, 2, 4, 6].map(byte).join('.') }
  if (kind < 8) return { type: 'domain', value: `${hex.slice(0, 12)}.${hex.slice(12, 16)}.com` }
  if (index % 100 === 9) return { type: 'cidr', value: `${[0, 2, 4].map(byte).join('.')}.0/24` }
  return { type: 'url', value: `http://${hex.slice(0, 10)}.net/${hex.slice(10, 20)}/x.php` }
}

/** An alert like Wazuh's; one in fifty holds an indicator. */
function alertOf(index: number, indicators: readonly MatchableIndicator[]): string {
  const hex = createHash('sha256').update(`alert ${index}`).digest('hex')
  const known =
    index % 50 === 0
      ? (indicators[(index * 7919) % indicators.length]?.value ?? '')
      : `${hex.slice(0, 8)}.example.org`
  const address = `${(index % 223) + 1}.${index % 256}.${(index >> 8) % 256}.7`
  return JSON.stringify({
    timestamp: '2026-11-24T10:11:12.345+0000',
    rule: {
      level: 7,
      description: 'Suricata: Alert - observed DNS query',
      id: '86601',
      mitre: { id: ['T1071.004'], tactic: ['Command and Control'] },
      firedtimes: index,
      groups: ['ids', 'suricata'],
      pci_dss: ['10.6.1'],
    },
    agent: { id: '014', name: 'web-03.corp.example', ip: '10.20.30.40' },
    manager: { name: 'wazuh-manager-01' },
    id: `1764000000.${index}`,
    decoder: { name: 'json' },
    data: {
      src_ip: address,
      src_port: '53211',
      dest_ip: '192.0.2.53',
      dest_port: '53',
      proto: 'UDP',
      dns: { rrname: known, rrtype: 'A' },
      http: {
        hostname: 'www.example.com',
        url: `/index.php?id=${index}&session=${hex.slice(0, 16)}`,
        http_user_agent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64)',
      },
      sha256: hex,
    },
    full_log: `Nov 24 10:11:12 web-03 named[1123]: client ${address}#53211 query: ${known} IN A +E(0)K (192.0.2.53) from /var/lib/named/zones/db.example.org with view internal-clients`,
    location: '/var/log/suricata/eve.json',
  })
}

function cpuSeconds(work: () => void): number {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}

function perSecond(count: number, seconds: number): string {
  return Math.round(count / seconds).toLocaleString('en')
}

function memoryMb(): number {
  return process.memoryUsage().rss / 1e6
}
