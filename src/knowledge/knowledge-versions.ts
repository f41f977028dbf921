import { digestOf } from '../lib/canonical-json.ts'
import facts from './data/attack-enterprise.json' with { type: 'json' }
import retired from './data/attack-retired.json' with { type: 'json' }
import type { ImportedKnowledge } from './imported-knowledge.ts'

/**
 * All that is known, for records of what an answer was made with: each part's domain and version, whether it ships or was
 * imported, and a digest of its content. The digest tells apart what calls itself the same: D3FEND's table names no version,
 * and a bundle can be edited. `enterprise-attack 18.1 shipped #3f0c…, ics-attack 18.1 imported #91d2…`.
 */
export function knowledgeVersions({ attack, defence }: ImportedKnowledge): string {
  const imported = [...attack, ...(defence === undefined ? [] : [defence])]
  return [
    `${facts.domain} ${facts.version} shipped #${shippedDigest}`,
    ...imported.map(part => `${part.domain} ${part.version} imported #${contentDigest(part)}`).sort(),
  ].join(', ')
}

/** Sixteen digits, as for a policy: nobody gains by a collision, and people read it. */
function contentDigest(content: unknown): string {
  return digestOf(content).slice(0, 16)
}

const shippedDigest = contentDigest([facts, retired])
