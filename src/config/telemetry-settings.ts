import { AppError } from '../lib/app-error.ts'
import { isLoopbackHost } from '../lib/egress-fetch.ts'
import { Secret } from '../lib/secret.ts'
import type { Settings } from './settings.ts'

/** A collector that speaks OTLP over HTTP. */
export interface TelemetrySettings {
  /** Without a slash at its end. */
  readonly url: string
  readonly headers: Readonly<Record<string, Secret>>
  readonly caFile: string | undefined
  /** The part of the traces that is kept, 0 to 1. */
  readonly sample: number
  readonly captureContent: boolean
}

/** `undefined`: nothing is sent. Throws `bad-usage` for an address without TLS that is not this machine, and for headers that are none. */
export function telemetrySettings(values: Settings): TelemetrySettings | undefined {
  if (values.TOCSIN_OTEL_URL === undefined) return undefined
  const url = new URL(values.TOCSIN_OTEL_URL)
  if (url.username !== '' || url.password !== '' || url.search !== '')
    throw new AppError(
      'bad-usage',
      'TOCSIN_OTEL_URL holds an address only: what signs in goes into TOCSIN_OTEL_HEADERS',
    )
  if (url.protocol === 'http:' && !isLoopbackHost(url.hostname.replace(/^\[|\]$/g, '')))
    throw new AppError(
      'bad-usage',
      'TOCSIN_OTEL_URL without TLS leads to another machine: use https, or a collector on this machine',
    )
  return {
    url: url.href.replace(/\/+$/, ''),
    headers: headersOf(values.TOCSIN_OTEL_HEADERS),
    caFile: values.TOCSIN_OTEL_CA,
    sample: values.TOCSIN_OTEL_SAMPLE,
    captureContent: values.TOCSIN_OTEL_CONTENT,
  }
}

function headersOf(given: Secret | undefined): TelemetrySettings['headers'] {
  const pairs = (given?.expose() ?? '').split(',').flatMap(text => (text.trim() === '' ? [] : [text.trim()]))
  return Object.fromEntries(
    pairs.map(pair => {
      const [, name = '', value = ''] = /^([A-Za-z0-9-]+)=([\x21-\x7e ]+)$/.exec(pair) ?? []
      if (name === '')
        throw new AppError('bad-usage', 'TOCSIN_OTEL_HEADERS is NAME=VALUE, separated by commas')
      return [name.toLowerCase(), new Secret(value)]
    }),
  )
}
