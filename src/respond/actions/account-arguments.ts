import { z } from 'zod'

/** A local account of the endpoint, as its system names it. No path, no option, no wildcard. */
export const accountArguments = z.strictObject({
  account: z.string().regex(/^[A-Za-z_][A-Za-z0-9._-]{0,63}\$?$/, 'not the name of one local account'),
})
