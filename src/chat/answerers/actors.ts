import { groups, groupsNamed, software, softwareNamed } from '../../knowledge/attack-actors.ts'
import { attackVersion } from '../../knowledge/attack-techniques.ts'
import type { Answerer } from '../answer.ts'
import { list } from './techniques.ts'

/** `Who is APT28?`, `What is Mimikatz?`, `What is G0007?` */
export const actorQuestion: Answerer = ({ text, folded }) => {
  if (/\b(how many|alerts?|top)\b/.test(folded)) return undefined
  const id = /\b[GS]\d{4}\b/i.exec(text)?.[0].toUpperCase()
  const name =
    /\b(?:who|what)(?:'s| is| are)?\s+(?:the\s+)?(.+?)$/
      .exec(folded)?.[1]
      ?.replace(/\b(group|malware|tool|threat actor|apt group)\b/g, '')
      .trim() ?? ''
  const group = groups.find(each => each.id === id) ?? groupsNamed(name)[0]
  const tool = software.find(each => each.id === id) ?? softwareNamed(name)[0]
  const found = group ?? tool
  if (found === undefined) return undefined
  const kind = group === undefined ? (tool?.kind === 'tool' ? 'a tool' : 'malware') : 'a threat group'
  const aliases = found.aliases.filter(alias => alias !== found.name)
  const also = aliases.length === 0 ? '' : `, also known as ${list(aliases)}`
  const quote = `${found.id} ${found.name}`
  return {
    sentences: [
      {
        text: `${found.name} (${found.id}) is ${kind} in ATT&CK ${attackVersion.domain} ${attackVersion.version}${also}.`,
        evidence: [
          {
            kind: 'attack-actor',
            source: `attack/${found.id}`,
            pointer: '',
            quote,
            trust: 'knowledge-base',
            label: quote,
          },
        ],
      },
    ],
    toolCalls: [{ tool: 'attack-lookup', arguments: { name: found.name }, rows: 1 }],
  }
}
