import type { WazuhEvent } from '../event.ts'

/** SymantecWS_Decoder: `20070717,73614,1=5,11=10.1.1.3,60=http://host/,10=user,2=27`. The first of each counts. */
export function decodeSymantec(event: WazuhEvent): void {
  const { log, fields } = event
  for (let comma = log.indexOf(','); comma >= 0; ) {
    const start = comma + 1
    const value = (prefix: number, longest: number) =>
      log.slice(start + prefix, start + prefix + longest).split(',', 1)[0] ?? ''
    if (log.startsWith('10=', start)) fields.dstuser ??= value(3, 128)
    else if (log.startsWith('11=', start)) fields.srcip ??= value(3, 128)
    else if (log.startsWith('60=', start)) fields.url ??= value(3, 1024)
    else if (log.startsWith('3=', start) || log.startsWith('2=', start)) {
      // Nine characters whatever they are, commas included; the search goes on after them.
      fields.id ??= log.slice(start, start + 9)
      comma = log.indexOf(',', start + 9)
      continue
    }
    comma = log.indexOf(',', start)
  }
}
