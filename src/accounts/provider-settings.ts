import { parse } from 'yaml'
import { z } from 'zod'
import { roles } from '../domain/role.ts'
import { AppError, messageOf } from '../lib/app-error.ts'
import { secretPlace } from '../lib/secret-place.ts'

const settingsSchema = z.strictObject({
  /** Who signs people in beside us. */
  provider: z.strictObject({
    /** On the button: `Keycloak`. */
    name: z.string().min(1).max(40),
    issuer: z.url({ protocol: /^https?$/ }),
    client: z.string().min(1),
    secret: secretPlace,
    scopes: z.array(z.string().regex(/^[^\s"\\]+$/)).default(['openid', 'profile', 'email']),
    /** The claim that a new account is named by. */
    username: z.string().default('preferred_username'),
    /** Who gets which role: the highest that fits. A claim that no line names gives nothing. */
    roles: z
      .array(z.strictObject({ claim: z.string().min(1), value: z.string().min(1), role: z.enum(roles) }))
      .default([]),
    /** For whom no line fits; without it they cannot sign in. */
    otherwise: z.enum(roles).optional(),
    /**
     * `theirs`: signing in there is enough for every role. `ours`: our own second factor is asked for. `either`: theirs,
     * where the token says that there was one (`amr`), else ours.
     */
    secondFactor: z.enum(['theirs', 'ours', 'either']).default('either'),
    /** Other hosts (`HOST` or `HOST:PORT`) that its token and key addresses are on; by default the issuer's alone. */
    hosts: z.array(z.string().regex(/^[\w.-]+(:\d{1,5})?$/)).default([]),
    /** Private networks that the provider's host may resolve to. */
    addresses: z.array(z.string()).optional(),
    /** PEM file of a private authority that signed its certificate. */
    authority: z.string().optional(),
  }),
})

/** The provider of sign-in.yaml. */
export type ProviderSettings = Readonly<z.infer<typeof settingsSchema>['provider']>

/** What a sealed client secret is bound to. */
export const providerSecretContext = 'client secret of the sign-in provider'

/** Reads sign-in.yaml. Throws `bad-usage` with the place. */
export function parseProviderSettings(text: string): ProviderSettings {
  let document: unknown
  try {
    document = parse(text, { maxAliasCount: 0 })
  } catch (error) {
    throw new AppError('bad-usage', `sign-in.yaml is not YAML: ${messageOf(error)}`, { cause: error })
  }
  const parsed = settingsSchema.safeParse(document)
  if (parsed.success) return parsed.data.provider
  throw new AppError('bad-usage', `sign-in.yaml does not hold:\n${z.prettifyError(parsed.error)}`)
}
