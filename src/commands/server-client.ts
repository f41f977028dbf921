import { readConfig } from '../config.ts'
import { AppError } from '../lib/app-error.ts'
import type { Json } from '../lib/canonical-json.ts'
import { serviceFetch } from '../main/service-fetch.ts'

/** Asks a running Tocsin. `path` begins with a slash. Throws an AppError with the server's own words. */
export type ServerCall = (
  method: 'GET' | 'POST',
  path: string,
  body: Json | undefined,
  signal: AbortSignal,
) => Promise<unknown>

/** A client of a running Tocsin, with the rights of the API token in TOCSIN_API_TOKEN. `scope` is what to say where it is missing. */
export function openServer(base: string, scope: 'read' | 'triage'): ServerCall {
  const token = readConfig().apiToken
  if (token === undefined)
    throw new AppError('bad-usage', `set TOCSIN_API_TOKEN to an API token of scope ${scope}`)
  if (!URL.canParse(base))
    throw new AppError('bad-usage', `${base} is no address such as https://tocsin.example`)
  const url = new URL(base)
  const fetch = serviceFetch({ url: base, caFile: undefined })
  return async (method, path, body, signal) => {
    const response = await fetch(new URL(path, url), {
      method,
      headers: {
        authorization: `Bearer ${token.expose()}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      signal,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok)
      throw new AppError('server-refused', `the server answers ${response.status}: ${reasonIn(text)}`)
    return text === '' ? undefined : JSON.parse(text)
  }
}

function reasonIn(text: string): string {
  return /"message":"((?:[^"\\]|\\.){1,300})/.exec(text)?.[1] ?? text.slice(0, 200)
}
