import type { Role } from '../domain/role.ts'
import { roles } from '../domain/role.ts'
import { AppError } from '../lib/app-error.ts'
import type { Sql } from '../lib/database.ts'
import { pointerOf, readPointer } from '../lib/json-pointer.ts'
import {
  findUser,
  findUserByName,
  findUserByProvider,
  insertUser,
  linkUser,
  type User,
  updateUser,
} from '../store/users.ts'
import { type AccountParts, logAccountEvent } from './account-parts.ts'
import { noPassword } from './password.ts'
import type { ProviderClaims } from './provider.ts'
import type { ProviderSettings } from './provider-settings.ts'
import { isReservedName } from './reserved-name.ts'

/** What a user name may hold, here and from a provider or a directory. */
export const usernamePattern = /^[\w.@-]{1,100}$/

/**
 * The account behind what the provider signed: known by issuer and subject; else one that waits to be claimed by that
 * name (a directory made it, or an admin said so); else a new one. An account that a password opens is never taken over
 * because a provider uses its name. The role follows the claims at each sign-in. Throws `no-role`, `name-taken`,
 * `account-disabled`.
 */
export async function providerAccount(
  parts: AccountParts,
  settings: ProviderSettings,
  person: ProviderClaims,
): Promise<User> {
  const role = roleOf(settings, person.claims)
  if (role === undefined)
    throw new AppError('no-role', `${settings.name} gives ${nameOf(settings, person)} no role in Tocsin`)
  return parts.database.transaction(async sql => {
    const known = await findUserByProvider(sql, parts.tenant, person.issuer, person.subject)
    const user = known ?? (await claimOrCreate(sql, parts, settings, person, role))
    if (user.state !== 'active') throw new AppError('account-disabled', `${user.username} is disabled`)
    if (user.role === role) return user
    const change = { role }
    // The last admin keeps the role: better one too many than a house without a door.
    if (!(await updateUser(sql, parts.tenant, user.id, change))) return user
    await logAccountEvent(sql, parts, {
      kind: 'user-change',
      byId: null,
      subject: user.username,
      detail: `role ${role}, as ${settings.name} says`,
    })
    return { ...user, role }
  })
}

async function claimOrCreate(
  sql: Sql,
  parts: AccountParts,
  settings: ProviderSettings,
  person: ProviderClaims,
  role: Role,
): Promise<User> {
  const username = nameOf(settings, person)
  const email = text(person.claims, 'email')
  const taken = await findUserByName(sql, parts.tenant, username)
  if (taken !== undefined) {
    if (!taken.linkable)
      throw new AppError(
        'name-taken',
        `there is an account ${username} already: an admin can open it to ${settings.name}`,
      )
    await linkUser(sql, parts.tenant, taken.id, person)
    const event = { kind: 'user-link', byId: taken.id, subject: username, detail: settings.name }
    await logAccountEvent(sql, parts, event)
    return taken
  }
  if (isReservedName(username))
    throw new AppError('name-taken', `${username} is kept for an account of Tocsin's own`)
  const id = parts.ids.next('user')
  const displayName = (text(person.claims, 'name') ?? username).slice(0, 200)
  const user = { id, username, displayName, role, passwordHash: noPassword, mustChangePassword: false }
  await insertUser(
    sql,
    parts.tenant,
    { ...user, ...(email === undefined ? {} : { email }) },
    parts.clock.now(),
  )
  await linkUser(sql, parts.tenant, id, person)
  const detail = `${role}, by ${settings.name}`
  await logAccountEvent(sql, parts, { kind: 'user-create', byId: null, subject: username, detail })
  const created = await findUser(sql, parts.tenant, id)
  if (created === undefined)
    throw new AppError('name-taken', `the account ${username} was made at the same moment`)
  return created
}

/** The highest role that a line of the settings gives for these claims. */
function roleOf(settings: ProviderSettings, claims: ProviderClaims['claims']): Role | undefined {
  const given = settings.roles.filter(line => valuesOf(claims, line.claim).includes(line.value))
  return roles.findLast(role => given.some(line => line.role === role)) ?? settings.otherwise
}

/** A claim's texts. `realm_access.roles` looks inside, as Keycloak nests them; a claim of that very name comes first. */
function valuesOf(claims: ProviderClaims['claims'], path: string): string[] {
  const found = Object.hasOwn(claims, path) ? claims[path] : readPointer(claims, pointerOf(path.split('.')))
  return (Array.isArray(found) ? found : [found]).filter(value => typeof value === 'string')
}

function nameOf(settings: ProviderSettings, { claims, subject }: ProviderClaims): string {
  const wanted = [text(claims, settings.username), text(claims, 'email'), subject]
  const name = wanted.find(each => each !== undefined && usernamePattern.test(each))
  if (name === undefined)
    throw new AppError('no-role', `the claim ${settings.username} holds no name that Tocsin can use`)
  return name
}

function text(claims: ProviderClaims['claims'], name: string): string | undefined {
  const value = Object.hasOwn(claims, name) ? claims[name] : undefined
  return typeof value === 'string' ? value.replaceAll('\0', '') : undefined
}

/** Methods (RFC 8176) of which one shows that more than a password was asked for. */
const strongMethods = ['mfa', 'otp', 'hwk', 'swk', 'fpt', 'face', 'pop', 'sc', 'mca']

/** Whether the provider's sign-in counts as two factors. */
export function hasSecondFactor(settings: ProviderSettings, { claims }: ProviderClaims): boolean {
  if (settings.secondFactor !== 'either') return settings.secondFactor === 'theirs'
  return valuesOf(claims, 'amr').some(method => strongMethods.includes(method))
}
