import type { EvidenceDraft } from '../../domain/evidence.ts'
import { type AttackKnowledge, shippedAttack, standingAmong } from '../../knowledge/attack-knowledge.ts'
import {
  attackVersion,
  findTactic,
  lookUpTechnique,
  subTechniquesOf,
  type Tactic,
  type Technique,
  tactics,
  techniques,
  techniquesNamed,
  titleOf,
} from '../../knowledge/attack-techniques.ts'
import type { AnsweredTechnique, Answerer, ChatData, Found } from '../answer.ts'

const idPattern = /\bt\d{4}(?:\.\d{3})?\b/gi

/** `What is T1059.001?`, `Why is this T1027 and not T1140?` Not where the question is about alerts. */
export const techniqueById: Answerer = ({ text, folded }, data) => {
  const ids = [...new Set((text.match(idPattern) ?? []).map(id => id.toUpperCase()))]
  if (ids.length === 0 || /\b(how many|count|alerts?|which hosts?|when|top)\b/.test(folded)) return undefined
  const attack = data.attack ?? shippedAttack
  const known = ids.flatMap(id => attack.current(id) ?? [])
  return {
    sentences: ids.flatMap(id => describe(id, attack, data)),
    techniques: known.map(answered),
    toolCalls: [{ tool: 'attack-lookup', arguments: { ids: ids.join(',') }, rows: known.length }],
  }
}

function describe(id: string, attack: AttackKnowledge, data: ChatData): Found['sentences'][number][] {
  const standing = standingAmong(attack.added, id)
  const technique = attack.current(id)
  if (standing === 'unknown') {
    const domains = attack.domains.map(domain => `${domain.id} ${domain.version}`)
    return [{ text: `${id} does not exist in ATT&CK ${list(domains)}.`, evidence: [] }]
  }
  if (standing === 'retired' || technique === undefined) {
    const shipped = lookUpTechnique(id)
    const name = shipped.kind === 'retired' ? ` ${shipped.name}` : ''
    const now =
      technique === undefined ? 'nothing took its place' : `${technique.id} ${technique.title} took its place`
    return [{ text: `${id}${name} is retired; ${now}.`, evidence: [knowledge(id, name.trim())] }]
  }
  const children = subTechniquesOf(id)
  const seen = data.alerts.filter(alert => alert.rule.mitre.ids.includes(id)).length
  return [
    {
      text: `${id} is ${technique.title}, of the ${tacticWords(technique)}.`,
      evidence: [knowledge(id, technique.title, technique.of)],
    },
    ...(children.length === 0
      ? []
      : [
          {
            text: `Its sub-techniques are ${list(children.map(child => `${child.id} ${child.name}`))}.`,
            evidence: children.map(child => knowledge(child.id, child.name)).slice(0, 20),
          },
        ]),
    {
      text: `It concerns ${list(technique.platforms)}.`,
      evidence: [knowledge(id, technique.platforms.join(', '), technique.of)],
    },
    ...(data.alerts.length === 0
      ? []
      : [
          {
            text: `${seen === 0 ? 'No alert' : seen === 1 ? '1 alert' : `${seen} alerts`} here ${seen <= 1 ? 'names' : 'name'} it.`,
            evidence: [],
          },
        ]),
  ]
}

/** `What techniques belong to Lateral Movement?`, `What is TA0008?` */
export const tacticQuestion: Answerer = ({ text, folded }) => {
  const tactic = tacticIn(text)
  if (
    tactic === undefined ||
    !/\b(tactic|techniques?|ta00\d\d|belong|part of|under)\b/.test(folded) ||
    /\b(how many alerts|alerts)\b/.test(folded)
  )
    return undefined
  const members = techniques.filter(
    technique => technique.parent === undefined && technique.tactics.some(each => each.id === tactic.id),
  )
  return {
    sentences: [
      {
        text: `${tactic.name} (${tactic.id}) is a tactic of ATT&CK ${attackVersion.domain} ${attackVersion.version} with ${members.length} techniques.`,
        evidence: [knowledge(tactic.id, tactic.name)],
      },
      {
        text: `They are ${list(members.map(technique => `${technique.id} ${technique.name}`))}.`,
        evidence: members.slice(0, 20).map(technique => knowledge(technique.id, technique.name)),
      },
    ],
    techniques: members.map(answered),
    toolCalls: [{ tool: 'attack-lookup', arguments: { tactic: tactic.id }, rows: members.length }],
  }
}

function tacticIn(text: string): Tactic | undefined {
  const id = /\bTA00\d\d\b/i.exec(text)?.[0]
  if (id !== undefined) return findTactic(id)
  const lower = text.toLowerCase()
  return tactics.find(tactic => lower.includes(tactic.name.toLowerCase()))
}

/** `What is the MITRE ID for obfuscation?`, `Which technique is pass the hash?` */
export const techniqueByWords: Answerer = ({ folded }, data) => {
  const asks =
    /\b(mitre|att&ck|attack|technique|ttp)\b/.test(folded) &&
    !/\balerts?\b|\bhow many\b|\b(top|most)\b/.test(folded)
  if (!asks) return undefined
  const attack = data.attack ?? shippedAttack
  const other = attack.otherTechniques.find(({ name }) => folded.includes(name.toLowerCase()))
  if (other !== undefined)
    return {
      sentences: describe(other.id, attack, data),
      techniques: [answered(other)],
      toolCalls: [{ tool: 'attack-lookup', arguments: { name: other.name }, rows: 1 }],
    }
  const words = folded
    .replace(
      /\b(what|which|whats|what's|is|are|the|a|an|of|for|id|ids|number|code|mitre|att&ck|attack|technique|techniques|ttp|ttps|tell|me|give|show|find|please|does|do|map|maps|mapped|mapping|correspond\w*|belong|to|describes?|covers?|called|used|using|when|attackers?|adversar\w+|in|with|by|and|name|named|someone|identify|detect|associated|related|refers?|use|uses|used)\b/g,
      ' ',
    )
    .replace(/\s+/g, ' ')
    .trim()
  if (words === '') return undefined
  const ranked = rank(words, data)
  const [best] = ranked
  if (best === undefined) return undefined
  const children = subTechniquesOf(best.id)
  return {
    sentences: [
      {
        text: `"${words}" is best matched by ${best.id} ${titleOf(best)}, of the ${tacticWords(best)}.`,
        evidence: [knowledge(best.id, titleOf(best))],
      },
      ...(children.length === 0
        ? []
        : [
            {
              text: `Its sub-techniques are ${list(children.map(child => `${child.id} ${child.name}`))}.`,
              evidence: children.slice(0, 20).map(child => knowledge(child.id, child.name)),
            },
          ]),
      ...(ranked.length < 2
        ? []
        : [
            {
              text: `Other candidates are ${list(ranked.slice(1, 4).map(each => `${each.id} ${titleOf(each)}`))}.`,
              evidence: ranked.slice(1, 4).map(each => knowledge(each.id, titleOf(each))),
            },
          ]),
    ],
    techniques: ranked.slice(0, 5).map(answered),
    toolCalls: [{ tool: 'technique-search', arguments: { words }, rows: ranked.length }],
  }
}

/**
 * By name, title and retrieval together. Of names that fit alike, the one with more sub-techniques is the broader
 * idea, and so more likely what is meant: `obfuscation` is T1027 before T1001.
 */
function rank(words: string, data: ChatData): Technique[] {
  const wanted = stems(words)
  const retrieved = data.rankTechniques(words).map(each => each.id)
  const scored = techniques.map(technique => {
    const name = Math.max(overlap(wanted, stems(technique.name)), overlap(wanted, stems(titleOf(technique))))
    const place = retrieved.indexOf(technique.id)
    const breadth = 0.05 * Math.log(1 + subTechniquesOf(technique.id).length)
    return {
      technique,
      name,
      score: name + (name > 0 ? breadth : 0) + (place === -1 ? 0 : 0.2 / (place + 1)),
    }
  })
  const best = scored
    .filter(each => each.name > 0.5 || retrieved.includes(each.technique.id))
    .sort((a, b) => b.score - a.score || (a.technique.id < b.technique.id ? -1 : 1))
  return [...new Set([...techniquesNamed(words), ...best.map(each => each.technique)])].slice(0, 10)
}

function stems(text: string): string[] {
  return text
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(word => word.length > 2)
    .map(stemOf)
}

function stemOf(word: string): string {
  return word.length < 5
    ? word
    : word.replace(/(ations?|ated|ating|ate|ings?|ed|es|s|ion|ions|y)$/, '').slice(0, 8)
}

/** How much of the wanted words the name has, and a little for how much of the name was wanted. */
function overlap(wanted: readonly string[], name: readonly string[]): number {
  if (wanted.length === 0 || name.length === 0) return 0
  const common = wanted.filter(word => name.includes(word)).length
  return (common / wanted.length) * 0.8 + (common / name.length) * 0.2
}

function answered(technique: Technique): AnsweredTechnique {
  return { id: technique.id, name: technique.name, tactics: technique.tactics.map(tactic => tactic.name) }
}

function tacticWords(technique: Technique): string {
  const names = technique.tactics.map(tactic => `${tactic.name} (${tactic.id})`)
  return `${names.length === 1 ? 'tactic' : 'tactics'} ${list(names)}`
}

const shippedLabel = `ATT&CK ${attackVersion.domain} ${attackVersion.version}`

function knowledge(id: string, quote: string, label = shippedLabel): EvidenceDraft {
  return {
    kind: 'attack-technique',
    source: `attack/${id}`,
    pointer: '',
    quote: `${id} ${quote}`,
    trust: 'knowledge-base',
    label,
  }
}

/** `a, b and c`. */
export function list(items: readonly string[]): string {
  return items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`
}
