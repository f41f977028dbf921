import { describe, expect, it } from 'vitest'
import { compileOsMatch, osMatchTest, osWordTest } from './os-match.ts'

function check(pattern: string, subject: string, expected: boolean): void {
  expect(osMatchTest(compileOsMatch(pattern))(subject.toLowerCase()), `${pattern} on ${subject}`).toBe(
    expected,
  )
}

describe('OS_Match', () => {
  it('finds substrings, whatever the case', () => {
    check('Failed', 'login FAILED for root', true)
    check('a.b', 'axb', false)
    check('', 'anything', true)
  })

  it('takes the first alternative that fits, and an empty one fits all', () => {
    check('foo|bar', 'a bar', true)
    check('foo|bar', 'a baz', false)
    check('foo|', 'a baz', true)
  })

  it('anchors by ^ and $', () => {
    check('^sshd', 'sshd[1]', true)
    check('^sshd', 'xsshd', false)
    check('end$', 'the END', true)
    check('end$', 'the end.', false)
    check('^all$', 'ALL', true)
    check('^all$', 'all ', false)
    check('^', '', true)
    check('$', 'x', true)
    check('^$', 'x', false)
  })

  it('is turned round by a leading !', () => {
    check('!foo|bar', 'baz', true)
    check('!foo|bar', 'bar', false)
  })

  it('does not find bytes above 127 unless anchored', () => {
    check('\xe9', 'caf\xe9', false)
    check('caf\xe9$', 'caf\xe9', true)
  })
})

describe('OS_WordMatch', () => {
  it('knows ^ and | only', () => {
    expect(osWordTest('authentication_failed')('syslog,authentication_failed,')).toBe(true)
    expect(osWordTest('^Sys|web')('syslog,')).toBe(true)
    expect(osWordTest('^sys|web')('a,syslog,')).toBe(false)
    expect(osWordTest('')('syslog,')).toBe(false)
  })
})
