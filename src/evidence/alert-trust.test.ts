import { describe, expect, it } from 'vitest'
import { type AlertParts, wazuhAlert, windowsEvent } from '../../test/support/wazuh-alert.ts'
import { alertTrust } from './alert-trust.ts'

const rule: AlertParts['rule'] = ['100', 3, 'x', ['x']]

/** What a module of Wazuh wrote, and the same text in a log that anybody on the host may write. */
const modules: readonly (readonly [
  location: string,
  data: object,
  observed: readonly string[],
  written: readonly string[],
])[] = [
  [
    'Wazuh-AWS',
    { aws: { eventName: 'StopLogging', userAgent: 'x', requestParameters: { userName: 'x' } } },
    ['/data/aws/eventName', '/data/aws/sourceIPAddress'],
    ['/data/aws/userAgent', '/data/aws/requestParameters/userName', '/data/aws/userIdentity/userName'],
  ],
  [
    'office365',
    { office365: {} },
    ['/data/office365/Operation', '/data/office365/ClientIP'],
    ['/data/office365/UserId', '/data/office365/Parameters/0/Value'],
  ],
  [
    'Wazuh-GCloud',
    { gcp: {} },
    ['/data/gcp/protoPayload/methodName'],
    ['/data/gcp/protoPayload/resourceName', '/data/gcp/protoPayload/request'],
  ],
  ['github', { github: {} }, ['/data/github/action', '/data/github/actor'], ['/data/github/repo']],
  [
    'Wazuh-Docker',
    { docker: {} },
    ['/data/docker/Type'],
    ['/data/docker/Action', '/data/docker/Actor/Attributes/name'],
  ],
  ['osquery', { osquery: {} }, ['/data/osquery/name'], ['/data/osquery/columns/command']],
  ['sca', { sca: {} }, ['/data/sca/check/result'], []],
  [
    'vulnerability-detector',
    { vulnerability: {} },
    ['/data/vulnerability/cve', '/data/vulnerability/status'],
    ['/data/vulnerability/package/name'],
  ],
  ['virustotal', { virustotal: {} }, ['/data/virustotal/positives'], ['/data/virustotal/source/file']],
  [
    '/var/log/audit/audit.log',
    { audit: {} },
    ['/data/audit/auid'],
    ['/data/audit/exe', '/data/audit/execve/a0'],
  ],
  [
    'EventChannel',
    windowsEvent('4625', 'Security', {}),
    ['/data/win/eventdata/ipAddress', '/data/win/system/eventID', '/data/win/eventdata/threat Name'],
    ['/data/win/eventdata/workstationName', '/data/win/eventdata/commandLine', '/data/win/system/message'],
  ],
]

describe('who could have written a field', () => {
  it.each(modules)('%s', (location, data, observed, written) => {
    const fetched = wazuhAlert({ rule, data, location })
    const logged = wazuhAlert({ rule, data, location: '/var/log/app.json' })
    for (const pointer of observed) {
      expect(alertTrust(fetched, pointer), pointer).toBe('observed')
      expect(alertTrust(logged, pointer), `${pointer} in a log`).toBe('attacker-controlled')
    }
    for (const pointer of written) expect(alertTrust(fetched, pointer), pointer).toBe('attacker-controlled')
  })
  it('repeats the title of a check of configuration in the rule, which no log can', () => {
    const parts: AlertParts = { rule: ['19007', 7, 'CIS Benchmark: Ensure auditing is enabled', ['sca']] }
    const trust = (location: string) =>
      alertTrust(wazuhAlert({ ...parts, data: { sca: {} }, location }), '/rule/description')
    expect([trust('sca'), trust('/var/log/app.json')]).toEqual(['observed', 'attacker-controlled'])
  })
  it('earlier lines are written like later ones; the place of an address is looked up by Wazuh', () => {
    const alert = wazuhAlert({ rule })
    for (const pointer of [
      '/previous_output',
      '/previous_log',
      '/full_log',
      '/syscheck/diff',
      '/syscheck/audit/process/name',
    ])
      expect(alertTrust(alert, pointer), pointer).toBe('attacker-controlled')
    for (const pointer of [
      '/GeoLocation/country_name',
      '/GeoLocation/city_name',
      '/srcgeoip',
      '/syscheck/audit/login_user/name',
      '/syscheck/uname_after',
    ])
      expect(alertTrust(alert, pointer), pointer).toBe('observed')
  })
})
