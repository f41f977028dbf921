import { AppError } from '../lib/app-error.ts'

/** Statuses of the codes that routes throw; anything else is a fault of ours (500) or of the database (503). */
const statuses: Readonly<Record<string, number>> = {
  'bad-request': 400,
  'wrong-password': 400,
  'same-password': 400,
  'weak-password': 400,
  'wrong-code': 400,
  'wrong-proof': 400,
  'passkey-refused': 400,
  'reason-too-short': 400,
  'place-not-allowed': 400,
  'egress-refused': 400,
  'redirect-refused': 400,
  'notice-not-sent': 502,
  'not-signed-in': 401,
  'wrong-credentials': 401,
  forbidden: 403,
  'password-change-required': 403,
  'second-factor-required': 403,
  'sign-in-again': 403,
  'csrf-token-missing': 403,
  'not-found': 404,
  conflict: 409,
  'claimed-by-another': 409,
  'hypothesis-required': 409,
  'bad-query': 400,
  'gate-closed': 409,
  'runbook-leak': 409,
  'name-taken': 409,
  'last-admin': 409,
  'too-large': 413,
  'unsupported-content-type': 415,
  'locked-out': 423,
  'too-many-requests': 429,
  'provider-unavailable': 502,
  busy: 503,
  'database-unavailable': 503,
  'database-conflict': 503,
}

/** In place of the database's own words, which may hold values. */
const ofTheDatabase: Readonly<Record<string, string>> = {
  'database-unavailable': 'the database does not answer: try again in a moment',
  'database-conflict': 'somebody else changed the same at this moment: try again',
}

export interface HttpFailure {
  readonly status: number
  readonly body: {
    readonly error: { readonly code: string; readonly message: string; readonly where?: string }
  }
}

/** A wrong request, with the place in it. */
export class RequestError extends AppError {
  readonly where: string | undefined

  constructor(code: string, message: string, where?: string) {
    super(code, message)
    this.where = where
  }
}

/** What a thrown error answers. Faults of ours tell nothing of the inside: that is in the log. */
export function failureOf(error: unknown): HttpFailure {
  if (error instanceof AppError) {
    const status = statuses[error.code]
    if (status !== undefined) {
      const message = ofTheDatabase[error.code] ?? error.message
      const where = error instanceof RequestError ? error.where : undefined
      return failure(status, error.code, message, where)
    }
  }
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500
  if (status >= 400 && status < 500 && error instanceof Error) return ofFastify(status, error)
  return failure(500, 'internal', 'something went wrong on the server: its log has the details')
}

function ofFastify(status: number, error: Error): HttpFailure {
  const code = Object.entries(statuses).find(([, value]) => value === status)?.[0] ?? 'bad-request'
  return failure(status, code, error.message)
}

function failure(status: number, code: string, message: string, where?: string): HttpFailure {
  return { status, body: { error: where === undefined ? { code, message } : { code, message, where } } }
}
