import { explosivePattern, type Finding, type TechniqueKnowledge, warning } from './finding.ts'
import type { Rule, RuleTest } from './rule.ts'

/** Ids that Wazuh leaves to its users. */
const customIds = { from: 100_000, to: 120_000 }
/** From here on Wazuh sends mail by default, and people are woken. */
const alarmLevel = 12

/** Mistakes that can be seen in one rule alone. */
export function lintRule(rule: Rule, knows: TechniqueKnowledge): Finding[] {
  return [
    ...lintId(rule),
    ...lintParents(rule),
    ...lintBreadth(rule),
    ...lintLevel(rule),
    ...lintMitre(rule, knows),
    ...lintGroups(rule),
    ...rule.body.tests.flatMap(test => lintTest(rule, test)),
  ]
}

function lintId({ id, body }: Rule): Finding[] {
  if (id >= customIds.from && id <= customIds.to) return []
  const message = `rule ${id}: ids of your own go from ${customIds.from} to ${customIds.to}; others may clash with a later Wazuh ruleset`
  return [warning('id-range', message, body.place)]
}

function isFree({ parents, body }: Rule): boolean {
  const { ifSid, ifGroup, ifLevel, matchedSid, matchedGroup } = parents
  return [ifSid, ifGroup, ifLevel, matchedSid, matchedGroup, body.decodedAs].every(part => part === undefined)
}

function lintParents(rule: Rule): Finding[] {
  if (
    !isFree(rule) ||
    rule.body.category !== 'syslog' ||
    rule.body.tests.some(test => test.field === 'program_name')
  )
    return []
  const message = `rule ${rule.id} has no if_sid, if_group, decoded_as or program_name: it is tried on every syslog event. Hang it under the rule of its log source`
  return [warning('no-if-sid', message, rule.body.place)]
}

function hasConditions({ body }: Rule): boolean {
  return (
    body.tests.length > 0 ||
    body.lists.length > 0 ||
    body.checkDiff ||
    body.firstTimeSeen ||
    body.correlation !== undefined
  )
}

function lintBreadth(rule: Rule): Finding[] {
  const { id, body } = rule
  if (!hasConditions(rule) && (body.decodedAs === undefined || body.level > 0) && body.level > 3)
    return [
      warning(
        'over-broad',
        `rule ${id} has no condition of its own: it fires at level ${body.level} on every event that reaches it. Add match, regex or field`,
        body.place,
      ),
    ]
  return []
}

function lintLevel(rule: Rule): Finding[] {
  const { id, body } = rule
  const conditions = body.tests.length + body.lists.length
  if (body.level < alarmLevel || body.correlation || conditions > 1) return []
  const message = `rule ${id}: level ${body.level} alarms people, yet the rule has ${conditions === 0 ? 'no condition' : 'one condition'} of its own. Lower the level or say more precisely what is bad`
  return [warning('level-inflation', message, body.place)]
}

function lintMitre({ id, body }: Rule, knows: TechniqueKnowledge): Finding[] {
  if (body.mitre.length === 0) {
    if (body.level < 6) return []
    return [
      warning(
        'no-mitre',
        `rule ${id} alerts at level ${body.level} without an ATT&CK technique: add <mitre><id>`,
        body.place,
      ),
    ]
  }
  return body.mitre.flatMap(technique => {
    const known = knows(technique)
    if (known === 'current') return []
    const why = known === 'retired' ? 'is retired' : 'does not exist'
    return [
      warning(
        `mitre-${known}`,
        `rule ${id}: the ATT&CK technique ${technique} ${why}; name a current one`,
        body.place,
      ),
    ]
  })
}

function lintGroups({ id, body }: Rule): Finding[] {
  if (body.groupText.endsWith(',') || !/[a-z]/i.test(body.groupText)) return []
  return [
    warning(
      'group-comma',
      `rule ${id}: the group list '${body.groupText.slice(-40)}' does not end in a comma, so a <group> added to it would run into the last name`,
      body.place,
    ),
  ]
}

function lintTest({ id, body }: Rule, { field, expression, negated }: RuleTest): Finding[] {
  if (!expression) return []
  const found: Finding[] = []
  const { source, type } = expression
  const report = (code: string, message: string) =>
    found.push(warning(code, `rule ${id}, <${field}>: ${message}`, body.place))
  if (expression.explosive) found.push(explosivePattern(source, `rule ${id}, <${field}>`, body.place))
  if (expression.matches('', '') && !negated && (field === 'match' || field === 'regex'))
    report('matches-anything', `'${source.slice(0, 60)}' also matches an empty text, so it excludes nothing`)
  else if (
    type === 'osmatch' &&
    !negated &&
    source.split('|').some(word => /^\^?.{1,2}$/.test(word)) &&
    (field === 'match' || field === 'url')
  )
    report(
      'short-match',
      `'${source.slice(0, 60)}' has an alternative of one or two letters, which is found in almost any text`,
    )
  if ((type === 'osmatch' || type === 'osregex') && /[\x80-\xff]/.test(source))
    report('beyond-ascii', `${type} does not find letters beyond ASCII; use type="pcre2"`)
  if (type === 'osmatch' && /\\[dwsS.]|\.\*|\[a-z/.test(source))
    report(
      'osmatch-escape',
      `'${source.slice(0, 60)}' looks like a regular expression, but ${type} takes every letter as it is; add type="pcre2" or use <regex>`,
    )
  if (
    type === 'osregex' &&
    /\.\*|\.\+|\[\^|\[[a-z0-9]-[a-z0-9]|\{\d+[,}]/i.test(source.replaceAll(/\\./g, ''))
  )
    report(
      'osregex-syntax',
      `'${source.slice(0, 60)}' uses . [ ] or { }, which OS_Regex takes as plain letters; write \\. for any byte, or add type="pcre2"`,
    )
  return found
}
