import type { Complain } from './read-rule.ts'
import type { XmlElement } from './xml.ts'

/** The attributes of `<rule>`. */
export interface RuleAttributes {
  readonly id: number
  readonly level: number
  readonly maxSize: number
  /** `frequency` less two, as Wazuh counts; 0 where it is not given. */
  readonly skip: number
  readonly timeframeSeconds: number
  readonly ignoreSeconds: number
  readonly accurate: boolean
  readonly noAlert: boolean
  readonly overwrite: boolean
}

/** `analysisd.default_timeframe`. */
const defaultTimeframe = 360

/** Reads them, or complains and returns undefined where Wazuh would refuse the file. */
export function readRuleAttributes(element: XmlElement, complain: Complain): RuleAttributes | undefined {
  if (element.name.toLowerCase() !== 'rule') {
    complain('not-a-rule', `<${element.name}> where a <rule> was expected`)
    return undefined
  }
  const read: Record<string, number | undefined> = {}
  let overwrite = false
  let sound = true
  const refuse = (code: string, message: string) => {
    sound = false
    complain(code, message)
  }
  for (const { name, value } of element.attributes) {
    const key = name.toLowerCase()
    if (key === 'overwrite') {
      overwrite = value === 'yes'
      if (value !== 'yes' && value !== 'no') refuse('overwrite', `overwrite="${value}" is neither yes nor no`)
    } else if (!Object.hasOwn(digits, key)) {
      refuse('attribute', `${name} is no attribute of a rule`)
    } else if (/^\d+$/.test(value)) read[key] = Number(value.slice(0, digits[key]))
    else refuse('attribute-number', `${name}="${value}" is not a number`)
    if (key === 'id' && value.length > 6) refuse('rule-id', `the id ${value} has more than 6 digits`)
  }
  const { id, level, frequency } = read
  if (id === undefined || level === undefined) refuse('id-and-level', 'a rule needs an id and a level')
  if (level !== undefined && level > 16) refuse('level', `level ${level} is above 16`)
  if (frequency !== undefined && (frequency < 2 || frequency > 9999))
    refuse('frequency', `frequency ${frequency} is not between 2 and 9999`)
  if (!sound || id === undefined || level === undefined) return undefined
  return {
    id,
    level,
    maxSize: read.maxsize ?? 0,
    skip: frequency === undefined ? 0 : frequency - 2,
    timeframeSeconds: read.timeframe ?? defaultTimeframe,
    ignoreSeconds: read.ignore ?? 0,
    accurate: read.accuracy !== 0,
    noAlert: read.noalert === 1,
    overwrite,
  }
}

/** Wazuh reads no more digits than these of each number. */
const digits: Record<string, number> = {
  id: 6,
  level: 9,
  maxsize: 4,
  timeframe: 5,
  frequency: 9,
  accuracy: 4,
  noalert: 1,
  ignore: 6,
}
