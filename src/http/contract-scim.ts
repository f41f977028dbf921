import { z } from 'zod'
import { endpoint } from './endpoint.ts'

const access = { kind: 'token', scope: 'scim' } as const
const userParams = z.object({ id: z.string().min(1).max(200) })

/** A user as a directory writes one (RFC 7643, 4.1). Roles are no business of its: they come from people or the provider. */
export const scimUserBody = z.looseObject({
  userName: z.string().min(1).max(100),
  externalId: z.string().max(200).optional(),
  displayName: z.string().max(200).optional(),
  name: z.looseObject({ formatted: z.string().max(200).optional() }).optional(),
  emails: z
    .array(z.looseObject({ value: z.string().max(320) }))
    .max(10)
    .optional(),
  active: z.union([z.boolean(), z.string()]).optional(),
})
export type ScimUserBody = z.infer<typeof scimUserBody>

export const scimPatchBody = z.looseObject({
  Operations: z
    .array(
      z.looseObject({
        op: z.string().max(20),
        path: z.string().max(200).optional(),
        value: z.unknown().optional(),
      }),
    )
    .min(1)
    .max(20),
})
export type ScimPatchBody = z.infer<typeof scimPatchBody>

/** SCIM 2.0 (RFC 7644), the part that directories use to make and deactivate accounts. */
export const scimEndpoints = {
  serviceProviderConfig: endpoint({
    method: 'GET',
    path: '/scim/v2/ServiceProviderConfig',
    summary: 'SCIM: what is supported.',
    access,
    reply: z.unknown(),
    gives: ['application/scim+json'],
  }),
  resourceTypes: endpoint({
    method: 'GET',
    path: '/scim/v2/ResourceTypes',
    summary: 'SCIM: users only.',
    access,
    reply: z.unknown(),
    gives: ['application/scim+json'],
  }),
  listScimUsers: endpoint({
    method: 'GET',
    path: '/scim/v2/Users',
    summary: 'SCIM: users, by `filter` (userName, externalId or id `eq "…"`), `startIndex` and `count`.',
    access,
    query: z.object({
      filter: z.string().max(500).optional(),
      startIndex: z.coerce.number().int().default(1),
      count: z.coerce.number().int().default(100),
    }),
    reply: z.unknown(),
    gives: ['application/scim+json'],
  }),
  readScimUser: endpoint({
    method: 'GET',
    path: '/scim/v2/Users/:id',
    summary: 'SCIM: one user.',
    access,
    params: userParams,
    reply: z.unknown(),
    gives: ['application/scim+json'],
  }),
  createScimUser: endpoint({
    method: 'POST',
    path: '/scim/v2/Users',
    summary: 'SCIM: a new account, a viewer without a password, for the OpenID provider’s user of that name.',
    access,
    body: z.unknown(),
    reply: z.unknown(),
    gives: ['application/scim+json'],
  }),
  patchScimUser: endpoint({
    method: 'PATCH',
    path: '/scim/v2/Users/:id',
    summary: 'SCIM: change a user. `active: false` ends sessions and tokens and voids approvals at once.',
    access,
    params: userParams,
    body: z.unknown(),
    reply: z.unknown(),
    gives: ['application/scim+json'],
  }),
  deleteScimUser: endpoint({
    method: 'DELETE',
    path: '/scim/v2/Users/:id',
    summary: 'SCIM: deactivate a user for good. The name stays in history.',
    access,
    params: userParams,
    reply: z.unknown(),
    gives: ['application/scim+json'],
  }),
}
