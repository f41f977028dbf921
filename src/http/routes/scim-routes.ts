import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import type { AccountParts } from '../../accounts/account-parts.ts'
import {
  applyDirectoryChange,
  createDirectoryUser,
  type DirectoryChange,
  deleteDirectoryUser,
} from '../../accounts/directory.ts'
import { AppError } from '../../lib/app-error.ts'
import {
  type DirectoryFilter,
  type DirectoryUser,
  findDirectoryUser,
  listDirectoryUsers,
} from '../../store/directory-users.ts'
import {
  type ScimPatchBody,
  type ScimUserBody,
  scimEndpoints,
  scimPatchBody,
  scimUserBody,
} from '../contract-scim.ts'
import { failureOf } from '../http-error.ts'
import { type Route, streamRoute } from '../route.ts'

const urn = (name: string) => `urn:ietf:params:scim:${name}`
const mostAtOnce = 200

/** SCIM 2.0 for directories (RFC 7644): users are listed, found, made, changed, deactivated and deleted. */
export function scimRoutes(parts: AccountParts): Route[] {
  const { database, tenant } = parts
  const existing = async (id: string) => {
    const user = await findDirectoryUser(database, tenant, id)
    if (user === undefined) throw new AppError('not-found', `there is no user ${id}`)
    return user
  }
  return [
    streamRoute(scimEndpoints.serviceProviderConfig, call =>
      answer(call.reply, 200, async () => providerConfig),
    ),
    streamRoute(scimEndpoints.resourceTypes, call =>
      answer(call.reply, 200, async () => list([userType], 1, 1)),
    ),
    streamRoute(scimEndpoints.listScimUsers, call =>
      answer(call.reply, 200, async () => {
        const { filter, startIndex, count } = call.query
        const first = Math.max(1, startIndex)
        const limit = Math.min(mostAtOnce, Math.max(0, count))
        const page = { offset: first - 1, limit }
        const { total, users } = await listDirectoryUsers(database, tenant, readFilter(filter), page)
        return list(users.map(userResource), total, first)
      }),
    ),
    streamRoute(scimEndpoints.readScimUser, call =>
      answer(call.reply, 200, async () => userResource(await existing(call.params.id))),
    ),
    streamRoute(scimEndpoints.createScimUser, call =>
      answer(call.reply, 201, async () => {
        const body = read(scimUserBody, call.body)
        return userResource(await createDirectoryUser(parts, body.userName, changeOf(body)))
      }),
    ),
    streamRoute(scimEndpoints.patchScimUser, call =>
      answer(call.reply, 200, async () => {
        const wanted = patchOf(read(scimPatchBody, call.body))
        return userResource(await applyDirectoryChange(parts, call.params.id, wanted))
      }),
    ),
    streamRoute(scimEndpoints.deleteScimUser, call =>
      answer(call.reply, 204, () => deleteDirectoryUser(parts, call.params.id)),
    ),
  ]
}

const scimTypes: Readonly<Record<string, string>> = {
  uniqueness: 'uniqueness',
  'invalid-filter': 'invalidFilter',
  'invalid-value': 'invalidValue',
  'invalid-path': 'invalidPath',
  'not-kept': 'mutability',
  'last-admin': 'mutability',
}
const scimStatuses: Readonly<Record<string, number>> = {
  uniqueness: 409,
  'last-admin': 409,
  'not-found': 404,
}

/** Sends the result, or what went wrong in SCIM's own form (RFC 7644, 3.12). */
async function answer(reply: FastifyReply, status: number, work: () => Promise<unknown>): Promise<void> {
  const send = (code: number, body: unknown) =>
    reply
      .status(code)
      .header('content-type', 'application/scim+json; charset=utf-8')
      .send(body === undefined ? '' : JSON.stringify(body))
  try {
    send(status, await work())
  } catch (error) {
    const code = error instanceof AppError ? error.code : ''
    const scimType = scimTypes[code]
    const failure = failureOf(error)
    const failed = scimStatuses[code] ?? (scimType === undefined ? failure.status : 400)
    if (failed >= 500) throw error
    send(failed, {
      schemas: [urn('api:messages:2.0:Error')],
      status: String(failed),
      ...(scimType === undefined ? {} : { scimType }),
      detail: error instanceof AppError ? error.message : failure.body.error.message,
    })
  }
}

function read<T extends z.ZodType>(schema: T, body: unknown): z.output<T> {
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  throw new AppError('invalid-value', z.prettifyError(parsed.error))
}

/** One comparison with `eq`: what directories ask when they look whether somebody is here. */
function readFilter(text: string | undefined): DirectoryFilter {
  if (text === undefined || text.trim() === '') return undefined
  const match = /^\s*(id|userName|externalId)\s+eq\s+("(?:[^"\\]|\\.)*")\s*$/i.exec(text)
  if (match?.[1] === undefined || match[2] === undefined)
    throw new AppError('invalid-filter', 'only userName, externalId or id with eq "…" can be asked for')
  const names = { id: 'id', username: 'userName', externalid: 'externalId' } as const
  const by = names[match[1].toLowerCase() as keyof typeof names] // One of the three that the pattern takes.
  try {
    return { by, value: String(JSON.parse(match[2])) }
  } catch {
    throw new AppError('invalid-filter', 'the text of the filter is not a JSON string')
  }
}

function changeOf(body: ScimUserBody): DirectoryChange {
  const displayName = body.displayName ?? body.name?.formatted
  const email = body.emails?.[0]?.value
  return {
    ...(displayName === undefined || displayName.trim() === '' ? {} : { displayName }),
    ...(email === undefined ? {} : { email }),
    ...(body.externalId === undefined ? {} : { externalId: body.externalId }),
    ...(body.active === undefined ? {} : { active: truth(body.active) }),
  }
}

/** Operations in the spellings that directories use: with a path or a bag of values, booleans as text. */
function patchOf({ Operations }: ScimPatchBody): DirectoryChange {
  const pairs = Operations.flatMap(({ op, path, value }) => {
    const kind = op.toLowerCase()
    if (kind !== 'replace' && kind !== 'add') throw new AppError('invalid-path', `${op} is not supported`)
    const values = path === undefined ? value : { [path]: value }
    if (typeof values !== 'object' || values === null || Array.isArray(values))
      throw new AppError('invalid-value', 'an operation without a path takes an object')
    return Object.entries(values)
  })
  return Object.assign({}, ...pairs.map(([name, value]) => attribute(name, value))) as DirectoryChange // The union of such.
}

function attribute(name: string, value: unknown): DirectoryChange {
  const text = () => {
    if (typeof value !== 'string' || value.trim() === '' || value.length > 320)
      throw new AppError('invalid-value', `${name} takes a text`)
    return value
  }
  switch (name.toLowerCase()) {
    case 'active':
      return { active: truth(value) }
    case 'displayname':
    case 'name.formatted':
      return { displayName: text().slice(0, 200) }
    case 'externalid':
      return { externalId: text().slice(0, 200) }
    case 'emails[type eq "work"].value':
      return { email: text() }
    case 'emails':
      return { email: read(z.array(z.looseObject({ value: z.string().max(320) })), value)[0]?.value ?? null }
    case 'username':
      throw new AppError('not-kept', 'userName stays as it is: history names it')
    default:
      throw new AppError('invalid-path', `${name} cannot be changed here`)
  }
}

function truth(value: unknown): boolean {
  if (value === true || value === false) return value
  if (typeof value === 'string' && /^(true|false)$/i.test(value)) return value.toLowerCase() === 'true'
  throw new AppError('invalid-value', 'active takes true or false')
}

function userResource(user: DirectoryUser) {
  return {
    schemas: [urn('schemas:core:2.0:User')],
    id: user.id,
    ...(user.externalId === null ? {} : { externalId: user.externalId }),
    userName: user.username,
    displayName: user.displayName,
    active: user.active,
    ...(user.email === null ? {} : { emails: [{ value: user.email, primary: true }] }),
    meta: {
      resourceType: 'User',
      created: new Date(user.createdMs).toISOString(),
      location: `/scim/v2/Users/${user.id}`,
    },
  }
}

function list(Resources: readonly unknown[], totalResults: number, startIndex: number) {
  return {
    schemas: [urn('api:messages:2.0:ListResponse')],
    totalResults,
    startIndex,
    itemsPerPage: Resources.length,
    Resources,
  }
}

const userType = {
  schemas: [urn('schemas:core:2.0:ResourceType')],
  id: 'User',
  name: 'User',
  endpoint: '/Users',
  schema: urn('schemas:core:2.0:User'),
}

const off = { supported: false }
const providerConfig = {
  schemas: [urn('schemas:core:2.0:ServiceProviderConfig')],
  patch: { supported: true },
  bulk: { ...off, maxOperations: 0, maxPayloadSize: 0 },
  filter: { supported: true, maxResults: mostAtOnce },
  changePassword: off,
  sort: off,
  etag: off,
  authenticationSchemes: [
    {
      type: 'oauthbearertoken',
      name: 'API token',
      description: 'An API token of the scope scim, made by an admin in the console',
    },
  ],
}
