import { describe, expect, it } from 'vitest'
import { wazuhAlert } from '../../test/support/wazuh-alert.ts'
import type { EvidenceItem } from '../domain/evidence.ts'
import { hostProfile } from './host-profile.ts'
import { packageStep } from './package-steps.ts'

/** A finding of the vulnerability detector on agent 007. */
function finding(name: string, more: { format?: string; version?: string; status?: string } = {}) {
  const { format, version = '1.2.3-1', status = 'Active' } = more
  return wazuhAlert({
    rule: ['23505', 10, `CVE-2026-1000 affects ${name}`, ['vulnerability-detector']],
    data: {
      vulnerability: {
        cve: 'CVE-2026-1000',
        status,
        package: { name, version, ...(format === undefined ? {} : { format }) },
      },
    },
  })
}

function known(operatingSystem: string, groups = 'default'): EvidenceItem[] {
  return [
    {
      id: 'E1',
      kind: 'agent',
      source: 'agent/007',
      pointer: '',
      quote: operatingSystem,
      trust: 'observed',
      label: 'The host web-01',
      facts: { operating_system: operatingSystem, groups },
    },
  ]
}

const stepOn = (system: string, alert: ReturnType<typeof finding>, groups?: string) =>
  packageStep(alert, hostProfile(alert, known(system, groups)))

describe('the update of a weak package', () => {
  it.each([
    ['Ubuntu 24.04.1 LTS', 'deb', 'apt-get install --only-upgrade openssl'],
    ['Debian GNU/Linux 12', 'deb', 'apt-get install --only-upgrade openssl'],
    ['Ubuntu 24.04.1 LTS', 'snap', 'snap refresh openssl'],
    ['Red Hat Enterprise Linux 9.4', 'rpm', 'dnf upgrade openssl'],
    ['CentOS Linux 7.9', 'rpm', 'yum update openssl'],
    ['Amazon Linux 2', 'rpm', 'yum update openssl'],
    ['Amazon Linux 2023', 'rpm', 'dnf upgrade openssl'],
    ['SUSE Linux Enterprise Server 15', 'rpm', 'zypper update openssl'],
    ['Alpine Linux 3.20', 'apk', 'apk upgrade openssl'],
    ['Ubuntu 24.04.1 LTS', 'pypi', 'pip install --upgrade openssl'],
    ['Windows Server 2022', 'npm', 'npm update openssl'],
    ['Microsoft Windows 11', 'win', 'from its vendor'],
    ['macOS 15.1', 'pkg', 'from its vendor'],
  ])('on %s of a %s package', (system, format, expected) => {
    const step = stepOn(system, finding('openssl', { format }))
    expect(step?.text).toContain(expected)
    expect(step?.why).toContain('CVE-2026-1000')
    expect(step?.undo).not.toBe('')
  })

  it.each([
    ['Ubuntu 24.04.1 LTS', 'snap'],
    ['Microsoft Windows Server 2022', 'win'],
    ['Microsoft Windows Server 2022', undefined],
    ['Red Hat Enterprise Linux 9.4', 'rpm'],
    ['macOS 15.1', undefined],
    ['', undefined],
    ['Ubuntu 24.04.1 LTS', 'something new'],
  ])('offers no apt on %s for a %s package', (system, format) => {
    const step = stepOn(system, finding('firefox', format === undefined ? {} : { format }))
    expect(step?.text).not.toContain('apt')
    expect(step?.undo).not.toContain('apt')
  })

  it('says both ways where the alert does not tell a deb from a snap', () => {
    const text = stepOn('Ubuntu 22.04', finding('firefox'))?.text
    expect(text).toContain('apt-get')
    expect(text).toContain('snap refresh firefox if it is a snap')
  })

  it('minds what the host is for', () => {
    expect(stepOn('Ubuntu 22.04', finding('nginx'), 'default, webservers')?.risk).toContain('web server')
    expect(
      stepOn('Windows Server 2022', finding('x', { format: 'win' }), 'domain-controllers')?.risk,
    ).toContain('replication')
    expect(stepOn('Ubuntu 22.04', finding('postgresql-16'), 'db')?.risk).toContain('backup')
  })

  it.each(['a; rm -rf /', '$(reboot)', '--allow-downgrades', 'a\nb', '`id`', 'x'.repeat(500)])(
    'puts no hostile name into a command: %j',
    name => {
      const step = stepOn('Ubuntu 22.04', finding(name, { format: 'deb' }))
      expect(step?.text).not.toContain('apt')
      expect(
        stepOn('Ubuntu 22.04', finding('openssl', { format: 'deb', version: name }))?.undo,
      ).not.toContain('apt')
    },
  )

  it('has nothing to say where the weakness is closed, or for other alerts', () => {
    expect(stepOn('Ubuntu 22.04', finding('openssl', { status: 'Solved' }))).toBeUndefined()
    const other = wazuhAlert({ rule: ['5710', 5, 'x', ['sshd']] })
    expect(packageStep(other, hostProfile(other, []))).toBeUndefined()
  })
})
