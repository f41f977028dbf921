import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import { z } from 'zod'
import { AppError, messageOf } from '../lib/app-error.ts'
import { jsonOrNothing } from '../lib/json-or-nothing.ts'
import { takeDashboardToken } from '../store/access-tokens.ts'
import { findUserByName } from '../store/users.ts'
import { type AccountParts, logAccountEvent } from './account-parts.ts'
import { issueShortAccess } from './delegated-access.ts'

const sessionLifeMs = 10 * 60_000
/** A token lives for a minute; clocks may differ by half of one. */
const longestLifeSeconds = 60
const clockSkewSeconds = 30

const header = z.object({ alg: z.literal('EdDSA') })
const claims = z.object({
  iss: z.literal('wazuh-dashboard'),
  aud: z.string(),
  sub: z.string().min(1).max(200),
  iat: z.number(),
  exp: z.number(),
  jti: z.string().min(8).max(100),
})

/** The public half of the key that the dashboard's plugin signs with. Throws `bad-usage` where the file holds none. */
export function readDashboardKey(pem: string, path: string): KeyObject {
  try {
    const key = createPublicKey(pem)
    if (key.asymmetricKeyType === 'ed25519') return key
  } catch (error) {
    throw new AppError('bad-usage', `${path} holds no public key: ${messageOf(error)}`)
  }
  throw new AppError('bad-usage', `${path} is not an Ed25519 key: openssl genpkey -algorithm ed25519`)
}

/**
 * Opens a session of ten minutes for the person that the dashboard's server has signed in: reading only, with the role of
 * the account of the same name here. A token is taken once. Throws `wrong-credentials`, never saying what was wrong with it.
 */
export async function openDashboardSession(
  parts: AccountParts,
  trusted: { readonly key: KeyObject; readonly audience: string },
  token: string,
): Promise<{ readonly accessToken: string; readonly username: string; readonly expiresMs: number }> {
  const signed = readToken(token, trusted.key)
  const nowMs = parts.clock.now()
  const nowSeconds = nowMs / 1000
  const valid =
    signed !== undefined &&
    signed.aud === trusted.audience &&
    signed.exp > nowSeconds - clockSkewSeconds &&
    signed.iat < nowSeconds + clockSkewSeconds &&
    signed.exp - signed.iat <= longestLifeSeconds
  if (!valid)
    throw new AppError('wrong-credentials', 'the dashboard’s token is not valid: open the page again')
  return parts.database.transaction(async sql => {
    const expiresMs = (signed.exp + clockSkewSeconds) * 1000
    if (!(await takeDashboardToken(sql, parts.tenant, signed.jti, expiresMs, nowMs)))
      throw new AppError('wrong-credentials', 'the dashboard’s token was used already: open the page again')
    const user = await findUserByName(sql, parts.tenant, signed.sub)
    if (user?.state !== 'active' || user.mustChangePassword)
      throw new AppError(
        'forbidden',
        `Tocsin has no active account '${signed.sub}': an administrator creates one of this name, and its owner signs in once`,
      )
    const accessToken = await issueShortAccess(sql, parts, user.id, 'dashboard', sessionLifeMs)
    const detail = 'from the Wazuh dashboard, for ten minutes'
    await logAccountEvent(sql, parts, { kind: 'sign-in', byId: user.id, subject: user.id, detail })
    return { accessToken, username: user.username, expiresMs: nowMs + sessionLifeMs }
  })
}

function readToken(token: string, key: KeyObject): z.infer<typeof claims> | undefined {
  const match = /^([\w-]+)\.([\w-]+)\.([\w-]+)$/.exec(token)
  const [, head = '', body = '', signature = ''] = match ?? []
  if (
    match === null ||
    !verify(null, Buffer.from(`${head}.${body}`), key, Buffer.from(signature, 'base64url'))
  )
    return undefined
  // Parsed only now: nothing of an unsigned token is looked at.
  const [first, second] = [parse(head), parse(body)]
  return header.safeParse(first).success ? claims.safeParse(second).data : undefined
}

const parse = (part: string) => jsonOrNothing(Buffer.from(part, 'base64url').toString('utf8'))
