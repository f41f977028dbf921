import { z } from 'zod'
import type { MailOrganisation } from '../domain/mail.ts'
import { AppError, messageOf } from '../lib/app-error.ts'
import { skeletonOf } from './content/fold-text.ts'

const person = z.union([
  z.string().transform(text => ({
    name: text.replace(/<.*$/, '').trim(),
    addresses: [...text.matchAll(/[\w.+-]+@[\w.-]+/g)].map(match => match[0].toLowerCase()),
  })),
  z
    .looseObject({
      name: z.string(),
      address: z.string().optional(),
      email: z.string().optional(),
      addresses: z.array(z.string()).optional(),
    })
    .transform(entry => ({
      name: entry.name,
      addresses: [...(entry.addresses ?? []), entry.address ?? '', entry.email ?? '']
        .filter(text => text !== '')
        .map(text => text.toLowerCase()),
    })),
])

const brand = z.union([
  z.string().transform(name => ({ name, domains: [`${skeletonOf(name).replace(/[^a-z0-9]/g, '')}.com`] })),
  z
    .looseObject({ name: z.string(), domains: z.array(z.string()).default([]) })
    .transform(entry => ({ name: entry.name, domains: entry.domains.map(text => text.toLowerCase()) })),
])

const schema = z.looseObject({
  domains: z.array(z.string().toLowerCase()).default([]),
  people: z.array(person).default([]),
  brands: z.array(brand).default([]),
  receivers: z.array(z.string().toLowerCase()).default([]),
  dkim_keys: z.record(z.string().toLowerCase(), z.string()).default({}),
})

/**
 * Reads an organisation file: `{domains[], people[], brands[], receivers[], dkim_keys{}}`, people and brands as names or as
 * objects, keys as `"selector._domainkey.example.org": "v=DKIM1; k=rsa; p=…"`.
 */
export function parseOrganisation(text: string, source: string): MailOrganisation {
  try {
    const { dkim_keys: dkimKeys, ...known } = schema.parse(JSON.parse(text))
    const { domains, people, brands, receivers } = known
    return { domains, people, brands, receivers, dkimKeys }
  } catch (error) {
    throw new AppError(
      'unreadable-input',
      `${source} is no organisation file ({domains[], people[], brands[]}): ${messageOf(error)}`,
      { cause: error },
    )
  }
}
