import { describe } from 'vitest'
import { check } from '../../test/support/assessment-check.ts'
import { type AlertParts, sysmonProcess } from '../../test/support/wazuh-alert.ts'

// Whoever writes a file or runs a command also chooses its name, its folder and what stands around it.

const added = (path: string): AlertParts => ({
  rule: [
    '554',
    5,
    'File added to the system.',
    ['ossec', 'syscheck', 'syscheck_entry_added', 'syscheck_file'],
  ],
  syscheck: { path, event: 'added' },
})

describe('a web shell is not hidden by', () => {
  check('a line break in its name', 'person', added('/var/www/html/uploads\n/shell.php'))
  check('being called like an antivirus test', 'person', added('/var/www/html/eicar.php'))
})

describe('padding hides no command', () => {
  const padded = (padding: string): AlertParts => ({
    rule: ['92052', 4, 'Windows command prompt started by an abnormal process', ['sysmon']],
    data: sysmonProcess({
      image: 'C:\\Windows\\System32\\cmd.exe',
      commandLine: `cmd /c rem ${padding} & mimikatz.exe sekurlsa::logonpasswords`,
    }),
  })
  check('of letters', 'person', padded('a'.repeat(60_000)))
  check('of blanks behind a service to be started', 'person', {
    rule: ['92052', 4, 'Windows command prompt started by an abnormal process', ['sysmon']],
    data: sysmonProcess({
      image: 'C:\\Windows\\System32\\cmd.exe',
      commandLine: `cmd /c mimikatz.exe sekurlsa::logonpasswords & net start ${' '.repeat(60_000)}!`,
    }),
  })
  check('of backslashes, which Wazuh doubles', 'person', padded('\\'.repeat(40_000)))
})

describe('an address is read to its end, whatever is repeated in it', () => {
  const asked = (url: string): AlertParts => ({
    rule: ['31106', 6, 'A web attack returned code 200 (success).', ['web', 'accesslog', 'attack']],
    data: { url, srcip: '203.0.113.9', id: '200' },
  })
  check('comments between words', 'person', asked(`/?q=1+union${'/**/'.repeat(15_000)}select`))
  check('comments that lead nowhere', 'person', asked(`/?q=1+union${'/**/'.repeat(15_000)}x`))
  check('blanks before a value', 'person', asked(`/?q=%27or${'%20'.repeat(20_000)}1=1`))
  check('blanks that lead nowhere', 'person', asked(`/?q=%27or${'%20'.repeat(20_000)}1`))
})
