import type { z } from 'zod'

/** What a setting must be, in words for whoever set it. Never repeats the value: it may be a secret in the wrong place. */
export function settingTrouble(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected === 'number' || issue.expected === 'int'
        ? 'it must be a number'
        : `it must be ${issue.expected}`
    case 'too_small':
      return `the least is ${issue.inclusive ? '' : 'more than '}${issue.minimum}`
    case 'too_big':
      return issue.origin === 'array'
        ? `at most ${issue.maximum} values`
        : `the most is ${issue.inclusive ? '' : 'less than '}${issue.maximum}`
    case 'invalid_value':
      return `it must be ${issue.values.map(String).join(' or ')}`
    case 'invalid_format':
      return issue.format === 'url'
        ? 'it must be a whole address, such as https://host:port, of a kind that is taken here'
        : issue.format === 'email'
          ? 'it must be an e-mail address'
          : 'it has characters that are not taken, or is too long'
    default:
      return issue.message
  }
}
