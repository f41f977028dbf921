import { z } from 'zod'

// What OSCAL asks of assessment results: members, which of them must be there, and datatypes, taken by hand from NIST's
// reference (https://pages.nist.gov/OSCAL-Reference/models/v1.1.2/assessment-results/json-reference/), as far as reports
// use them; a member that is not listed here is refused. It needs no Python, and refuses what the schema of
// oscal-validator.ts lets through: another version, times without a zone, empty lists.

const uuid = z
  .string()
  .regex(/^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[45][0-9A-Fa-f]{3}-[89ABab][0-9A-Fa-f]{3}-[0-9A-Fa-f]{12}$/)
const token = z.string().regex(/^[\p{L}_][\p{L}\p{N}.\-_]*$/u)
const text = z.string().regex(/^\S(.*\S)?$/u)
const markup = z.string().min(1)
const dateTime = z.iso.datetime({ offset: true })
const some = <Item extends z.ZodType>(item: Item) => z.array(item).min(1)

const property = z.strictObject({
  name: token,
  ns: z.url(),
  value: text,
  remarks: markup.optional(),
})

const observation = z.strictObject({
  uuid,
  title: markup.optional(),
  description: markup,
  props: some(property).optional(),
  methods: some(z.enum(['EXAMINE', 'INTERVIEW', 'TEST', 'UNKNOWN'])),
  collected: dateTime,
  expires: dateTime.optional(),
  remarks: markup.optional(),
})

const result = z.strictObject({
  uuid,
  title: markup,
  description: markup,
  start: dateTime,
  end: dateTime.optional(),
  remarks: markup.optional(),
  'reviewed-controls': z.strictObject({
    'control-selections': some(
      z.strictObject({ 'include-controls': some(z.strictObject({ 'control-id': token })) }),
    ),
  }),
  observations: some(observation).optional(),
})

const document = z.strictObject({
  'assessment-results': z.strictObject({
    uuid,
    metadata: z.strictObject({
      title: markup,
      'last-modified': dateTime,
      version: text,
      'oscal-version': z.literal('1.1.2'),
      remarks: markup.optional(),
    }),
    'import-ap': z.strictObject({ href: z.url() }),
    results: some(result),
  }),
})

/** Reads assessment results, and throws what does not fit. Returns the ids of the controls and all UUIDs. */
export function readOscal(value: unknown): { readonly controls: string[]; readonly ids: string[] } {
  const { 'assessment-results': found } = document.parse(value)
  return {
    controls: found.results.flatMap(each =>
      each['reviewed-controls']['control-selections'].flatMap(selection =>
        selection['include-controls'].map(control => control['control-id']),
      ),
    ),
    ids: [
      found.uuid,
      ...found.results.flatMap(each => [each.uuid, ...(each.observations ?? []).map(seen => seen.uuid)]),
    ],
  }
}
