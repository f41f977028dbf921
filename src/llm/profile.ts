import { z } from 'zod'
import { modelTasks, trustZones } from '../domain/data-class.ts'
import { secretPlace } from '../lib/secret-place.ts'

/** The providers that Tocsin speaks to. Each is one file in `providers/`. */
const providerKinds = [
  'openai',
  'openai-chat',
  'azure',
  'anthropic',
  'google',
  'mistral',
  'openai-compatible',
  'bedrock',
  'in-process',
] as const
export type ProviderKind = (typeof providerKinds)[number]

const digest = z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 in hexadecimal')

/** One model as an administrator sets it up. */
export const modelProfileSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/),
  provider: z.enum(providerKinds),
  /** The provider's name for the model; for `in-process`, the name it was pulled under. */
  model: z.string().min(1),
  zone: z.enum(trustZones),
  /** Needed for `azure` and `openai-compatible`; elsewhere it overrides the provider's own. */
  baseUrl: z.url({ protocol: /^https?$/ }).optional(),
  /** Sealed by `tocsin model key`, or in the environment or a file. */
  key: secretPlace.optional(),
  /** Bedrock: the AWS region; the key is then `ACCESS_KEY_ID:SECRET_ACCESS_KEY[:SESSION_TOKEN]` or a bearer token. */
  region: z.string().optional(),
  /** Azure: the API version, where the default is not wanted. */
  apiVersion: z.string().optional(),
  /** Networks that the base URL may resolve to besides public ones. */
  addresses: z.array(z.string()).optional(),
  plainHttp: z.boolean().optional(),
  /** How the model is kept to a schema: by the provider's strict mode, or by telling it. */
  structured: z.enum(['schema', 'prompt']).default('schema'),
  /** Models that reason reject a temperature. */
  temperature: z.number().min(0).max(2).nullable().default(0),
  contextTokens: z.int().positive().default(128_000),
  /** No answer is longer, whatever a question allows: small models may never end by themselves. */
  maxOutputTokens: z.int().positive().optional(),
  maxConcurrent: z.int().positive().default(4),
  /** To the first piece of text, and between pieces. */
  idleTimeoutMs: z.int().positive().default(60_000),
  timeoutMs: z.int().positive().default(300_000),
  /** Tasks for which this model may be chosen; left out, all. */
  tasks: z.array(z.enum(modelTasks)).optional(),
  /** In-process: weights that were trained further, with the digests of them and of the data card; `adapter`: a LoRA. */
  fineTuned: z
    .strictObject({
      weights: digest,
      card: digest,
      licence: z.string().max(300),
      adapter: z.string().optional(),
    })
    .optional(),
})
export type ModelProfile = Readonly<z.infer<typeof modelProfileSchema>>
