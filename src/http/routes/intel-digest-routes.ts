import type { IntelParts } from '../../intel/add-report.ts'
import { techniqueCoverage } from '../../intel/coverage.ts'
import { type Digest, type DigestEntry, digestMarkdown, digestPdf, readDigest } from '../../intel/digest.ts'
import { shippedAttack } from '../../knowledge/attack-knowledge.ts'
import { readProfile, writeProfile } from '../../store/intel-profile.ts'
import { wasDone } from '../contract.ts'
import { intelDigestEndpoints } from '../contract-intel-digest.ts'
import { type Route, route, streamRoute } from '../route.ts'
import { actorId } from './session-routes.ts'

/** The digest, and the profile of the organisation that it is ranked by. */
export function intelDigestRoutes(parts: IntelParts): Route[] {
  const { database, tenant, clock, attack = shippedAttack } = parts
  return [
    route(intelDigestEndpoints.digest, async ({ query }) => {
      const { gaps, ...digest } = await digestOf(parts, query.days)
      const plain = (entries: readonly DigestEntry[]) =>
        entries.map(entry => ({
          ...entry,
          reasons: [...entry.reasons],
          techniqueIds: [...entry.techniqueIds],
        }))
      return {
        ...digest,
        concerning: plain(digest.concerning),
        others: plain(digest.others),
        gaps: gaps.map(gap => ({ ...gap, name: attack.current(gap.id)?.name ?? gap.id })),
      }
    }),
    streamRoute(intelDigestEndpoints.digestFile, async ({ query, reply }) => {
      const digest = await digestOf(parts, query.days)
      const isPdf = query.format === 'pdf'
      reply.header('content-type', isPdf ? 'application/pdf' : 'text/markdown; charset=utf-8')
      reply.header('content-disposition', `attachment; filename="intel-digest.${isPdf ? 'pdf' : 'md'}"`)
      reply.send(isPdf ? await digestPdf(digest) : digestMarkdown(digest))
    }),
    route(intelDigestEndpoints.readProfile, async () => {
      const { sectors, technologies, recipients, cadence, hour, sentMs, lastError } = await readProfile(
        database,
        tenant,
      )
      const lists = {
        sectors: [...sectors],
        technologies: [...technologies],
        recipients: [...recipients],
      }
      return { profile: { ...lists, cadence, hour, sentMs, lastError, canSend: parts.canSend ?? false } }
    }),
    route(intelDigestEndpoints.writeProfile, async ({ body, caller }) => {
      await writeProfile(database, tenant, body, actorId(caller), clock.now())
      return wasDone
    }),
  ]
}

async function digestOf({ database, tenant, clock, attack }: IntelParts, days: number): Promise<Digest> {
  const profile = await readProfile(database, tenant)
  const coverage = await techniqueCoverage(database, tenant, attack)
  return readDigest(database, tenant, profile, coverage, days, clock.now())
}
