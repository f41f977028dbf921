import type { WazuhEvent } from '../event.ts'

/** PF_Decoder: `... rule 2/(match) pass in on xl0: 10.0.0.1.6667 > 10.0.0.2.162: P ...` of OpenBSD's pf. */
export function decodePf(event: WazuhEvent): void {
  const { log, fields } = event
  const afterRule = log.indexOf(')')
  if (afterRule < 0 || log.charAt(afterRule + 1) !== ' ') return
  const action = { p: 'pass', b: 'block' }[log.charAt(afterRule + 2)]
  if (!action) return
  fields.action = action
  const colon = log.indexOf(':', afterRule + 2)
  if (colon < 0 || log.charAt(colon + 1) !== ' ') return
  const sourceStart = colon + 2
  const sourceEnd = log.indexOf(' ', sourceStart)
  if (sourceEnd < 0) return
  const source = splitPort(log.slice(sourceStart, sourceEnd))
  fields.srcip = source.address
  if (source.port !== undefined) fields.srcport = source.port
  if (!log.startsWith('> ', sourceEnd + 1)) return
  const targetEnd = log.indexOf(':', sourceEnd + 3)
  if (targetEnd < 0) return
  const target = splitPort(log.slice(sourceEnd + 3, targetEnd))
  fields.dstip = target.address
  if (target.port !== undefined) fields.dstport = target.port
  const protocol = log
    .slice(targetEnd + 1)
    .replace(/^ +/, '')
    .charAt(0)
  if (protocol !== '') fields.protocol = protocol === 'u' ? 'UDP' : protocol === 'i' ? 'ICMP' : 'TCP'
}

/** The port is what follows a fourth dot. */
function splitPort(text: string): { readonly address: string; readonly port: string | undefined } {
  const parts = text.split('.')
  if (parts.length < 5) return { address: text, port: undefined }
  return { address: parts.slice(0, 4).join('.'), port: parts.slice(4).join('.') }
}
