import { isIP } from 'node:net'
import type { ChannelKind } from '../domain/notice.ts'
import { AppError } from '../lib/app-error.ts'
import type { EgressRule } from '../lib/egress-fetch.ts'

/**
 * The places that notifications may go to, as the operator writes them in TOCSIN_NOTIFY_HOSTS: `HOST`, `HOST:PORT`, and
 * behind `@` the private networks it may resolve to (`chat.corp.example@10.0.0.0/8`), separated by commas. An admin of the
 * console can choose among these, and add none. Throws `bad-usage`.
 */
export function parseAllowedPlaces(text: string): EgressRule[] {
  return text.split(',').flatMap(part => {
    const entry = part.trim()
    if (entry === '') return []
    const match = /^([\w.-]+|\[[0-9a-f:]+\])(?::(\d{1,5}))?(?:@(.+))?$/i.exec(entry)
    if (match?.[1] === undefined)
      throw new AppError(
        'bad-usage',
        `TOCSIN_NOTIFY_HOSTS: '${entry}' is not HOST, HOST:PORT or HOST:PORT@NETWORK`,
      )
    const host = match[1].replace(/^\[|\]$/g, '')
    const addresses = match[3] === undefined ? {} : { addresses: match[3].split('+') }
    const ports = match[2] === undefined ? [443, 465, 587] : [Number(match[2])]
    return ports.map(port => ({ host, port, ...addresses }))
  })
}

/** Whether a place is among them; the refusal names what to do. */
export function checkPlace(
  host: string,
  port: number,
  places: readonly EgressRule[],
  kind: ChannelKind,
): void {
  const plain = host.toLowerCase().replace(/^\[|\]$/g, '')
  if (places.some(place => place.host.toLowerCase() === plain && place.port === port)) return
  const shown = isIP(plain) === 6 ? `[${plain}]` : plain
  throw new AppError(
    'place-not-allowed',
    `${kind}: nothing may be sent to ${shown}:${port}. Whoever runs Tocsin can allow it: add ${shown}:${port} to TOCSIN_NOTIFY_HOSTS`,
  )
}
