import type { Finding } from './finding.ts'
import type { Ground } from './ground.ts'
import { type RoledName, rolesIn, shortName } from './roles.ts'
import { isOrdinaryWord } from './words.ts'

const acting = String.raw`(?:(?:has|had|then|also|repeatedly|successfully|first)\s+)*(?:attack|scan|contact|connect|access|prob|exploit|reach|target|brute|attempt|tri(?:ed|es)|sent|send|upload|quer|request|communicat|log(?:ged|s)? (?:on|in)|initiat|spawn|start|launch|creat|ran\b|run|execut|delet|modif|chang|add)\w*`
const subject = new RegExp(
  String.raw`^(?:the\s+|an?\s+|external\s+|internal\s+|remote\s+|user\s+|account\s+|host\s+|address\s+|source\s+|ip\s+|machine\s+|process\s+|attacker\s+(?:at\s+)?)*(?<name>\[[^\]\s]+\]|[^\s,;]+)\s+${acting}`,
  'i',
)
const object =
  /\b(?:attack|scan|contact|access|prob|exploit|reach|target|brute-?forc|quer|spawn|launch|start|execut|creat|add|delet|remov|disabl|enabl)\w*\s+(?:the\s+|an?\s+|host\s+|address\s+|user\s+|account\s+|server\s+|machine\s+)*(?<name>\[[^\]\s]+\]|[\w$.:\\/-]+[\w$])/gi

const passive =
  /^(?:the\s+|an?\s+|user\s+|account\s+|host\s+|address\s+|machine\s+|process\s+)*(?<name>\[[^\]\s]+\]|[^\s,;]+)\s+(?:was|were|is|has been|had been)\s+(?:\w+\s+){1,5}by\b/i

/** Checks who does what to whom: a name must not play the opposite part of the one that the evidence gives it. */
export function checkRoles(text: string, ground: Ground): Finding[] {
  return [...rolesIn(text), ...grammaticalRoles(text)].flatMap(({ value, role }): Finding[] => {
    if (ground.parts.some(part => part.axis !== 'transfer' && part.value === value)) return []
    if (isOrdinaryWord(value) && !ground.values.has(value)) return []
    const known = ground.roles.filter(each => each.value === value)
    if (known.length === 0 || known.some(each => each.role === role)) return []
    return [{ fault: 'contradicted', reason: `${value} is not the ${role} in the cited evidence` }]
  })
}

/** Who acts stands before the verb, who is acted upon after it, or before a passive with `by`. */
function grammaticalRoles(text: string): RoledName[] {
  const sufferer = passive.exec(text)?.groups?.name
  const actor = subject.exec(text)?.groups?.name
  const objects = [...text.matchAll(object)].flatMap(match => match.groups?.name ?? [])
  return [
    ...(actor === undefined ? [] : [{ value: nameOf(actor), role: 'source' as const }]),
    ...(sufferer === undefined ? [] : [{ value: nameOf(sufferer), role: 'target' as const }]),
    ...objects.map(name => ({ value: nameOf(name), role: 'target' as const })),
  ]
}

const nameOf = (text: string) => shortName(text.toLowerCase())
