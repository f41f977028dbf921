import type { WazuhEvent } from '../event.ts'
import { compileExpression } from '../expression.ts'

function fixed(source: string) {
  const compiled = compileExpression('osregex', source)
  if ('kind' in compiled) throw new Error(`the pattern ${source} does not compile: ${compiled.message}`)
  return compiled
}

const header = fixed('pri=(\\d) c=(\\d+) m=(\\d+) ')
const addresses = fixed('src=(\\d+.\\d+.\\d+.\\d+):(\\d+):\\S+ dst=(\\d+.\\d+.\\d+.\\d+):(\\d+):')
const proxy = fixed('result=(\\d+) dstname=(\\S+) arg=(\\S+)$')

const passed = new Set(['98', '597', '598'])
const dropped = new Set(['38', '36', '173', '174', '37'])

/** SonicWall_Decoder: message number as id, priority as status, addresses, and the category that follows from them. */
export function decodeSonicWall(event: WazuhEvent): void {
  const { log, logLower, fields } = event
  const found: string[] = []
  event.category = 'syslog'
  const afterHeader = header.capture(log, logLower, 0, found)
  const [priority, category, message] = found
  if (afterHeader < 0 || priority === undefined || category === undefined || message === undefined) return
  fields.status = priority
  fields.id = message
  // The next search begins on the last byte of this match, not after it.
  const afterAddresses = addresses.capture(log, logLower, Math.max(0, afterHeader - 1), found)
  const [srcip, srcport, dstip, dstport] = found
  if (afterAddresses < 0 || srcip === undefined || srcport === undefined) return
  if (dstip === undefined || dstport === undefined) return
  Object.assign(fields, { srcip, srcport, dstip, dstport })
  const space = log.indexOf(' ', Math.max(0, afterAddresses - 1))
  if (space >= 0 && log.startsWith('proto=', space + 1)) {
    fields.protocol = /^[^/]{0,6}/.exec(log.slice(space + 7))?.[0] ?? ''
  }
  if (category.slice(0, 7) === '32') event.category = 'ids'
  else if (passed.has(message)) setFirewall(event, 'pass')
  else if (dropped.has(message)) setFirewall(event, 'drop')
  else if (message === '537') setFirewall(event, 'close')
  else if (message === '97') readProxy(event, space)
}

function setFirewall(event: WazuhEvent, action: string): void {
  event.category = 'firewall'
  event.fields.action = action
}

function readProxy(event: WazuhEvent, space: number): void {
  const found: string[] = []
  event.category = 'squid'
  if (space < 0) return
  if (proxy.capture(event.log, event.logLower, space + 1, found) < 0) return
  const [code, host, path] = found
  if (code === undefined) return
  event.fields.id = code
  if (host !== undefined && path !== undefined) event.fields.url = host + path
}
