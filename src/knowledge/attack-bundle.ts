/**
 * Reads a full ATT&CK STIX 2.1 bundle (Enterprise, ICS or Mobile) that the user downloaded from MITRE: facts, and the
 * descriptions that Tocsin does not ship. Source: https://github.com/mitre-attack/attack-stix-data/blob/master/USAGE.md.
 */
import { z } from 'zod'
import { type Parsed, type Problem, problem } from '../lib/problem.ts'

export interface CatalogueTechnique {
  readonly id: string
  readonly name: string
  /** Markdown, with citation marks. */
  readonly description: string
  /** Short names, `initial-access`. */
  readonly tactics: readonly string[]
  readonly platforms: readonly string[]
  readonly version: string
}

export interface CatalogueObject {
  readonly id: string
  readonly name: string
  readonly kind: 'group' | 'malware' | 'tool' | 'mitigation' | 'tactic' | 'campaign'
  readonly description: string
  readonly aliases: readonly string[]
}

/** An id that this version of ATT&CK no longer has. */
export interface RetiredTechnique {
  readonly id: string
  readonly name: string
  readonly why: 'revoked' | 'deprecated'
  readonly replacement?: string
}

export interface AttackCatalogue {
  /** `enterprise-attack`, `ics-attack` or `mobile-attack`. */
  readonly domain: string
  /** `18.1`, from the bundle's collection object; `unknown` where it has none. */
  readonly version: string
  readonly techniques: readonly CatalogueTechnique[]
  readonly retired: readonly RetiredTechnique[]
  readonly objects: readonly CatalogueObject[]
}

const stixObject = z.looseObject({
  type: z.string(),
  id: z.string(),
  name: z.string().default(''),
  description: z.string().default(''),
  revoked: z.boolean().default(false),
  x_mitre_deprecated: z.boolean().default(false),
  x_mitre_version: z.string().default(''),
  x_mitre_platforms: z.array(z.string()).default([]),
  x_mitre_domains: z.array(z.string()).default([]),
  x_mitre_aliases: z.array(z.string()).default([]),
  aliases: z.array(z.string()).default([]),
  kill_chain_phases: z.array(z.object({ phase_name: z.string() })).default([]),
  external_references: z
    .array(z.looseObject({ source_name: z.string(), external_id: z.string().optional() }))
    .default([]),
  relationship_type: z.string().optional(),
  source_ref: z.string().optional(),
  target_ref: z.string().optional(),
})
type StixObject = z.infer<typeof stixObject>

const kinds: Readonly<Record<string, CatalogueObject['kind']>> = {
  'intrusion-set': 'group',
  malware: 'malware',
  tool: 'tool',
  'course-of-action': 'mitigation',
  'x-mitre-tactic': 'tactic',
  campaign: 'campaign',
}

/** A bundle as a catalogue. Objects of a wrong shape are left out, each with its problem. */
export function readAttackBundle(bundle: unknown): Parsed<AttackCatalogue> {
  const problems: Problem[] = []
  const objects = objectsOf(bundle, problems)
  const attack = objects.filter(object => attackId(object) !== undefined)
  const successor = new Map(
    objects
      .filter(object => object.type === 'relationship' && object.relationship_type === 'revoked-by')
      .map(object => [object.source_ref, object.target_ref]),
  )
  const idOf = new Map(attack.map(object => [object.id, attackId(object) ?? '']))
  const isRetired = (object: StixObject) => object.revoked || object.x_mitre_deprecated
  const patterns = attack.filter(object => object.type === 'attack-pattern')
  if (patterns.length === 0)
    problems.push(
      problem(
        'no-techniques',
        'the bundle holds no ATT&CK technique; give enterprise-attack.json or the like',
      ),
    )
  const collection = objects.find(object => object.type === 'x-mitre-collection')
  return {
    value: {
      domain:
        patterns.find(object => object.x_mitre_domains.length > 0)?.x_mitre_domains[0] ?? 'enterprise-attack',
      version: collection?.x_mitre_version || 'unknown',
      techniques: patterns
        .filter(object => !isRetired(object))
        .map(techniqueOf)
        .sort(byId),
      retired: patterns
        .filter(isRetired)
        .map(object => retiredOf(object, idOf, successor))
        .sort(byId),
      objects: attack
        .filter(object => !isRetired(object))
        .flatMap(objectOf)
        .sort(byId),
    },
    problems,
  }
}

function objectsOf(bundle: unknown, problems: Problem[]): StixObject[] {
  const parsed = z.looseObject({ type: z.literal('bundle'), objects: z.array(z.unknown()) }).safeParse(bundle)
  if (!parsed.success) {
    problems.push(problem('not-a-bundle', 'this is no STIX bundle: it needs "type": "bundle" and "objects"'))
    return []
  }
  return parsed.data.objects.flatMap((candidate, index) => {
    const object = stixObject.safeParse(candidate)
    if (object.success) return [object.data]
    problems.push(
      problem('broken-object', object.error.issues[0]?.message ?? 'wrong shape', `/objects/${index}`),
    )
    return []
  })
}

function attackId(object: StixObject): string | undefined {
  return object.external_references.find(({ source_name }) =>
    /^mitre(?:-ics|-mobile)?-attack$/.test(source_name),
  )?.external_id
}

function techniqueOf(object: StixObject): CatalogueTechnique {
  return {
    id: attackId(object) ?? '',
    name: object.name,
    description: object.description,
    tactics: object.kill_chain_phases.map(phase => phase.phase_name),
    platforms: object.x_mitre_platforms,
    version: object.x_mitre_version,
  }
}

function retiredOf(
  object: StixObject,
  idOf: ReadonlyMap<string, string>,
  successor: ReadonlyMap<string | undefined, string | undefined>,
): RetiredTechnique {
  const replacement = idOf.get(successor.get(object.id) ?? '')
  return {
    id: attackId(object) ?? '',
    name: object.name,
    why: object.revoked ? 'revoked' : 'deprecated',
    ...(replacement === undefined ? {} : { replacement }),
  }
}

function objectOf(object: StixObject): CatalogueObject[] {
  const kind = kinds[object.type]
  if (kind === undefined) return []
  const aliases = [...object.aliases, ...object.x_mitre_aliases].filter(alias => alias !== object.name)
  return [{ id: attackId(object) ?? '', name: object.name, kind, description: object.description, aliases }]
}

function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id.localeCompare(b.id)
}
