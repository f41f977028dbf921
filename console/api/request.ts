import type { ApiError } from '../../src/http/contract.ts'

/** A request that did not succeed. `status` 0: the server could not be reached. */
export class RequestFailure extends Error {
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, message: string) {
    super(message)
    this.name = 'RequestFailure'
    this.status = status
    this.code = code
  }
}

type QueryValue = string | number | boolean | readonly string[] | undefined

/** Query parameters; undefined and empty ones are left out, lists are joined with commas as the contract reads them. */
export type Query = { readonly [name: string]: QueryValue }

let csrfToken = ''

/** Set after each sign-in and session read; sent with everything that changes something. */
export function rememberCsrfToken(token: string): void {
  csrfToken = token
}

/** Reads one resource. `T` is the endpoint's reply in src/http/contract*.ts. Throws `RequestFailure`. */
export function getJson<T>(path: string, signal?: AbortSignal, query: Query = {}): Promise<T> {
  return exchange<T>(withQuery(path, query), { method: 'GET', ...(signal ? { signal } : {}) })
}

/** Changes something. `T` is the endpoint's reply. Throws `RequestFailure`. */
export function sendJson<T>(
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  body?: unknown,
  signal?: AbortSignal,
): Promise<T> {
  return exchange<T>(path, {
    method,
    headers: {
      'x-csrf-token': csrfToken,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal ? { signal } : {}),
  })
}

/** Sends a file as it is. `T` is the endpoint's reply. Throws `RequestFailure`. */
export function sendFile<T>(path: string, file: Blob, contentType: string): Promise<T> {
  return exchange<T>(path, {
    method: 'POST',
    headers: { 'x-csrf-token': csrfToken, 'content-type': contentType },
    body: file,
  })
}

/** Sends a body and yields the data of each server-sent event of the reply. Throws `RequestFailure`. */
export async function* openStream(path: string, body: unknown, signal: AbortSignal): AsyncGenerator<string> {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'x-csrf-token': csrfToken, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    credentials: 'same-origin',
    signal,
  }).catch(error => {
    throw unreached(error)
  })
  if (!response.ok || response.body === null) throw failureOf(response.status, await response.text())
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    text += value
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const data = /^data: (.*)$/m.exec(text.slice(0, end))?.[1]
      text = text.slice(end + 2)
      if (data !== undefined) yield data
    }
  }
}

/** `/api/cases` and `{severity: ['high']}` to `/api/cases?severity=high`. */
export function withQuery(path: string, query: Query): string {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) continue
    parameters.set(name, Array.isArray(value) ? value.join(',') : String(value))
  }
  const text = parameters.toString()
  return text === '' ? path : `${path}?${text}`
}

async function exchange<T>(path: string, init: RequestInit): Promise<T> {
  let response: Response
  try {
    response = await fetch(path, { ...init, credentials: 'same-origin' })
  } catch (error) {
    throw unreached(error)
  }
  const text = await response.text()
  if (response.ok) return (text === '' ? undefined : JSON.parse(text)) as T // The server validates replies against T.
  throw failureOf(response.status, text)
}

function unreached(error: unknown): unknown {
  if (error instanceof DOMException && error.name === 'AbortError') return error
  return new RequestFailure(
    0,
    'unreachable',
    'Tocsin does not answer. Check that it is running, then try again.',
  )
}

function failureOf(status: number, text: string): RequestFailure {
  try {
    const { error } = JSON.parse(text) as ApiError
    return new RequestFailure(
      status,
      error.code,
      error.where === undefined ? error.message : `${error.message} (${error.where})`,
    )
  } catch {
    return new RequestFailure(status, 'unexpected', `The server answered ${status} without saying why.`)
  }
}

/** Words for any thrown thing, for an error state. */
export function failureText(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
