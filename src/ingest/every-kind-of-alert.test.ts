import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newIngest } from '../../test/support/new-ingest.ts'
import { openTestDatabase, type TestDatabase } from '../../test/support/postgres.ts'
import type { Json } from '../lib/canonical-json.ts'
import { fixedClock } from '../lib/clock.ts'
import { normalizeLine } from '../normalize/normalize-line.ts'

// Each family of fields that alerts of Wazuh 4 have, in the form that analysisd and its modules write them, with fields that
// nobody knows beside the known ones. Through whichever source they come, they are stored to the byte and are one alert.

let test: TestDatabase
beforeAll(async () => {
  test = await openTestDatabase()
})
afterAll(() => test.close())

type Members = { readonly [key: string]: Json }
const unknown = { tocsin_has_never_seen: { this: ['before', 1, null, { deep: true }] } }

const fileState = (when: 'before' | 'after', digit: string) =>
  Object.fromEntries(
    Object.entries({
      size: '12',
      perm: 'rw-r--r--',
      uid: '0',
      gid: '0',
      md5: digit.repeat(32),
      sha1: digit.repeat(40),
      sha256: digit.repeat(64),
      uname: 'root',
      gname: 'root',
      mtime: '2026-01-27T11:08:47',
      inode: 262_147,
      attrs: 'ARCHIVE',
      win_perm: [{ name: 'SYSTEM', allowed: ['READ_DATA'], denied: [] }],
    }).map(([name, value]) => [`${name}_${when}`, value]),
  )

/** What an alert of the family has, and entities that must be found in it: `type value pointer`. */
const families: Readonly<
  Record<string, { readonly members: Members; readonly entities: readonly string[] }>
> = {
  'syscheck of a file, whodata': {
    members: {
      syscheck: {
        path: '/etc/passwd',
        mode: 'whodata',
        event: 'modified',
        hard_links: ['/srv/passwd'],
        symbolic_path: '/etc/link',
        arch: '[x64]',
        ...fileState('before', 'a'),
        ...fileState('after', 'b'),
        diff: '1c1\n< a\n---\n> b\n',
        tags: ['t1', 't2'],
        changed_attributes: ['size', 'mtime', 'md5', 'sha1', 'sha256'],
        audit: {
          user: { id: '1000', name: 'ann' },
          process: {
            id: '4242',
            name: '/usr/bin/vim',
            cwd: '/root',
            parent_name: '/bin/bash',
            parent_cwd: '/root',
            ppid: '4241',
          },
          group: { id: '0', name: 'root' },
          login_user: { id: '1000', name: 'ann' },
          effective_user: { id: '0', name: 'root' },
        },
        ...unknown,
      },
    },
    entities: [
      'file /etc/passwd /syscheck/path',
      `hash ${'b'.repeat(64)} /syscheck/sha256_after`,
      'user ann /syscheck/audit/login_user/name',
      'process /usr/bin/vim /syscheck/audit/process/name',
    ],
  },
  'syscheck of the registry': {
    members: {
      syscheck: {
        path: 'HKEY_LOCAL_MACHINE\\Software\\Run',
        mode: 'scheduled',
        event: 'added',
        arch: '[x32]',
        value_name: 'Updater',
        value_type: 'REG_SZ',
        ...unknown,
      },
    },
    entities: ['file hkey_local_machine\\software\\run /syscheck/path'],
  },
  vulnerability: {
    members: {
      data: {
        vulnerability: {
          cve: 'CVE-2026-12345',
          severity: 'Critical',
          status: 'Active',
          title: 'a flaw',
          package: { name: 'openssl', version: '3.0.1', architecture: 'amd64', condition: 'less than 3.0.2' },
          score: { base: '9.8', version: '3.1' },
          reference: 'https://example.org/a, https://example.org/b',
          assigner: 'x',
          under_evaluation: false,
          scanner: { reference: 'https://example.org' },
          ...unknown,
        },
      },
    },
    entities: ['cve cve-2026-12345 /data/vulnerability/cve'],
  },
  sca: {
    members: {
      data: {
        sca: {
          type: 'check',
          scan_id: '1234',
          policy: 'CIS Debian 12',
          check: {
            id: '30001',
            title: 'Ensure /tmp is separate',
            description: 'd',
            rationale: 'r',
            remediation: 'm',
            compliance: { cis: '1.1.2', pci_dss: '2.2' },
            command: ['findmnt /tmp'],
            result: 'failed',
            previous_result: 'passed',
          },
          ...unknown,
        },
      },
    },
    entities: [],
  },
  'sca, its summary': {
    members: {
      data: { sca: { type: 'summary', policy: 'CIS', passed: '90', failed: '100', score: '47', ...unknown } },
    },
    entities: [],
  },
  'a Windows event': {
    members: {
      data: {
        win: {
          system: {
            providerName: 'Microsoft-Windows-Sysmon',
            eventID: '1',
            channel: 'Microsoft-Windows-Sysmon/Operational',
            computer: 'PC-1.corp.example',
            severityValue: 'INFORMATION',
            message: '"Process Create:\r\nRuleName: -"',
          },
          eventdata: {
            image: 'C:\\\\Windows\\\\System32\\\\cmd.exe',
            parentImage: 'C:\\\\Windows\\\\explorer.exe',
            user: 'CORP\\\\ann',
            commandLine: '\\"cmd\\" /c whoami',
            hashes: `MD5=${'C'.repeat(32)},SHA256=${'D'.repeat(64)}`,
            data: 'one, two',
          },
          rendered: unknown,
        },
      },
    },
    entities: [
      'process c:\\windows\\system32\\cmd.exe /data/win/eventdata/image',
      'process c:\\windows\\explorer.exe /data/win/eventdata/parentImage',
      'user ann /data/win/eventdata/user',
      `hash ${'d'.repeat(64)} /data/win/eventdata/hashes`,
    ],
  },
  'a correlation, with what came before': {
    members: {
      previous_output: 'Nov 24 21:53:31 web sshd[1]: Failed\nNov 24 21:53:32 web sshd[1]: Failed',
      previous_log: "ossec: output: 'netstat': tcp 0.0.0.0:22",
      data: { srcip: '203.0.113.9', srcport: '4321', srcuser: 'bob', dstuser: 'root', dstip: '192.0.2.1' },
    },
    entities: [
      'address 203.0.113.9 /data/srcip',
      'user bob /data/srcuser',
      'user root /data/dstuser',
      'address 192.0.2.1 /data/dstip',
    ],
  },
  'all static fields of decoders': {
    members: {
      predecoder: { program_name: 'sshd', timestamp: 'Nov 24 21:53:31', hostname: 'web' },
      decoder: { name: 'sshd', parent: 'sshd', accumulate: 3, ftscomment: 'first time' },
      data: {
        protocol: 'tcp',
        action: 'drop',
        id: '404',
        status: 'closed',
        url: '/admin.php',
        data: 'x',
        extra_data: 'y',
        system_name: 'fw-1',
        srcport: '1',
        dstport: '2',
        ...unknown,
      },
    },
    entities: ['url /admin.php /data/url', 'host fw-1 /data/system_name'],
  },
  aws: {
    members: {
      data: {
        integration: 'aws',
        aws: {
          source: 'cloudtrail',
          eventName: 'DeleteTrail',
          sourceIPAddress: '203.0.113.7',
          userIdentity: { type: 'IAMUser', userName: 'ops', arn: 'arn:aws:iam::123456789012:user/ops' },
          requestParameters: { bucketName: 'backups' },
          resources: [{ ARN: 'arn:aws:s3:::backups', type: 'AWS::S3::Bucket' }],
          log_info: { s3bucket: 'trail', log_file: 'a/b.json.gz' },
          ...unknown,
        },
      },
    },
    entities: [
      'address 203.0.113.7 /data/aws/sourceIPAddress',
      'user ops /data/aws/userIdentity/userName',
      'cloud-resource backups /data/aws/requestParameters/bucketName',
    ],
  },
  office365: {
    members: {
      data: {
        integration: 'office365',
        office365: {
          Operation: 'UserLoginFailed',
          UserId: 'ann@example.com',
          ClientIP: '203.0.113.8',
          Workload: 'AzureActiveDirectory',
          ExtendedProperties: [{ Name: 'UserAgent', Value: 'x' }],
          ...unknown,
        },
      },
    },
    entities: ['user ann@example.com /data/office365/UserId', 'address 203.0.113.8 /data/office365/ClientIP'],
  },
  docker: {
    members: {
      data: {
        integration: 'docker',
        docker: {
          Type: 'container',
          Action: 'exec_start: sh',
          status: 'exec_start: sh',
          id: 'e'.repeat(64),
          from: 'nginx:1.27',
          Actor: { ID: 'e'.repeat(64), Attributes: { image: 'nginx', name: 'web', 'com.example.x': 'y' } },
          scope: 'local',
          time: '1770000000',
          ...unknown,
        },
      },
    },
    entities: [],
  },
  osquery: {
    members: {
      data: {
        osquery: {
          name: 'processes',
          hostIdentifier: 'web-01',
          calendarTime: 'Tue Nov 24 2026',
          unixTime: '1770000000',
          action: 'added',
          pack: 'incident-response',
          subquery: 's',
          columns: { pid: '1', name: 'init', path: '/sbin/init' },
          ...unknown,
        },
      },
    },
    entities: [],
  },
  virustotal: {
    members: {
      data: {
        integration: 'virustotal',
        virustotal: {
          found: '1',
          malicious: '1',
          positives: '60',
          total: '70',
          permalink: 'https://www.virustotal.com/gui/file/x',
          scan_date: '2026-11-24 10:00:00',
          source: { alert_id: '1.2', file: '/tmp/x', md5: 'f'.repeat(32), sha1: '1'.repeat(40) },
          ...unknown,
        },
      },
    },
    entities: [
      'file /tmp/x /data/virustotal/source/file',
      `hash ${'1'.repeat(40)} /data/virustotal/source/sha1`,
    ],
  },
  rootcheck: {
    members: {
      full_log: "File '/tmp/.x' is owned by root and has written permissions to anyone.",
      decoder: { name: 'rootcheck' },
      data: { title: 'File is owned by root', file: '/tmp/.x', ...unknown },
    },
    entities: ['file /tmp/.x /data/file'],
  },
  audit: {
    members: {
      decoder: { parent: 'auditd', name: 'auditd' },
      data: {
        audit: {
          type: 'SYSCALL',
          id: '11843',
          syscall: '59',
          success: 'yes',
          exe: '/tmp/x',
          acct: 'ann',
          command: 'x',
          key: 'exec',
          auid: '1000',
          execve: { a0: 'x', a1: '-c', a2: 'id' },
          cwd: '/tmp',
          file: { name: '/tmp/x', inode: '7', mode: '0100755' },
          directory: { name: '/tmp' },
          ...unknown,
        },
      },
    },
    entities: ['process /tmp/x /data/audit/exe', 'user ann /data/audit/acct'],
  },
  'rule with techniques and compliance': {
    members: {
      rule: {
        level: 10,
        description: 'd $(field)',
        id: '5712',
        frequency: 8,
        firedtimes: 3,
        mail: true,
        info: 'link',
        cve: 'CVE-2026-1',
        mitre: {
          id: ['T1110', 'T1078'],
          tactic: ['Credential Access', 'Persistence'],
          technique: ['Brute Force', 'Valid Accounts'],
        },
        groups: ['sshd', 'authentication_failures'],
        pci_dss: ['10.2.4'],
        gdpr: ['IV_35.7.d'],
        gpg13: ['7.1'],
        hipaa: ['164.312.b'],
        nist_800_53: ['AU.14'],
        tsc: ['CC6.1'],
        cis: ['1'],
        ...unknown,
      },
    },
    entities: [],
  },
  'agent with labels, in a cluster': {
    members: {
      agent: {
        id: '1007',
        name: 'pc-1',
        ip: 'fe80::1',
        labels: { site: { room: '1' }, group: 'x' },
        ...unknown,
      },
      cluster: { name: 'wazuh', node: 'worker-02', ...unknown },
    },
    entities: ['host pc-1 /agent/name', 'address fe80::1 /agent/ip'],
  },
  'no agent address, no log, no data': { members: { agent: { id: '000', name: 'manager' } }, entities: [] },
}

let serial = 0
function newAlert(members: Members): Members {
  return {
    timestamp: '2026-02-02T02:40:00.958+0000',
    rule: { level: 5, description: 'd', id: '5710', firedtimes: 1, mail: false, groups: ['syslog'] },
    agent: { id: '001', name: 'web-01', ip: '192.0.2.7' },
    manager: { name: 'manager' },
    id: `1770000000.${++serial}`,
    full_log: 'a log',
    decoder: {},
    location: '/var/log/auth.log',
    ...members,
    ...unknown,
  }
}

/** The three ways in, and what each makes of an alert. Filebeat's pipeline adds to the document and takes nothing away. */
const ways: Readonly<Record<string, (alert: Members) => string>> = {
  'alerts-file': alert => JSON.stringify(alert),
  webhook: alert => JSON.stringify(alert),
  indexer: alert =>
    JSON.stringify({
      _index: 'wazuh-alerts-4.x-2026.02.02',
      _id: `doc-${alert.id}`,
      _source: {
        ...alert,
        '@timestamp': '2026-02-02T02:40:00.958Z',
        input: { type: 'log' },
        GeoLocation: {
          city_name: 'Berlin',
          country_name: 'Germany',
          region_name: 'Land Berlin',
          location: { lat: 52.5, lon: 13.4 },
        },
      },
    }),
}

describe.each(Object.entries(families))('an alert: %s', (_, { members, entities }) => {
  it.each(Object.entries(ways))('from %s is read whole', (_way, form) => {
    const line = form(newAlert(members))
    const read = normalizeLine(Buffer.from(line), { where: 'x', receivedAtMs: 0 })
    if (read.kind !== 'alert') throw new Error(read.quarantined.message)
    expect(read.problems).toEqual([])
    expect(read.alert.raw).toBe(line)
    const given = JSON.parse(line)
    expect(read.alert.document).toEqual(given._source ?? given)
    const found = read.alert.entities.map(({ type, value, pointer }) => `${type} ${value} ${pointer}`)
    expect(found).toEqual(expect.arrayContaining([...entities]))
  })

  it('is one alert, whichever two ways it comes', async () => {
    const take = newIngest(test.database, fixedClock(1_770_000_100_000))
    for (const [first, firstForm] of Object.entries(ways))
      for (const [second, secondForm] of Object.entries(ways)) {
        const alert = newAlert(members)
        const line = firstForm(alert)
        expect(await take([line], { source: first })).toEqual({
          stored: 1,
          duplicates: 0,
          quarantined: 0,
          ignored: 0,
        })
        expect(await take([secondForm(alert)], { source: second })).toEqual({
          stored: 0,
          duplicates: 1,
          quarantined: 0,
          ignored: 0,
        })
        const rows = await test.database.query<{ raw: string; source: string }>(
          'select raw, source from alerts where key like $1',
          [`%/${alert.id}`],
        )
        expect(rows).toEqual([{ raw: line, source: first }])
      }
  })
})
