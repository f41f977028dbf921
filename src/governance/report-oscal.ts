import { createHash } from 'node:crypto'
import { digestOf } from '../lib/canonical-json.ts'
import type { ComplianceReport } from './compliance-report.ts'
import type { JudgedControl } from './judge-control.ts'
import { statementLines } from './own-statement.ts'
import { coverageWords } from './report-facts.ts'

/**
 * The report as OSCAL 1.1.2 assessment results (https://pages.nist.gov/OSCAL/). A control with evidence becomes an
 * observation; findings are left out, for a finding says whether a control is satisfied, and that is for an assessor.
 * Identifiers are made from the content, so that the same report gives the same file.
 */
export function reportOscal(report: ComplianceReport): unknown {
  const uuid = (...parts: readonly string[]) => uuidOf([digestOf(report), ...parts])
  const { framework, period } = report
  return {
    'assessment-results': {
      uuid: uuid('results'),
      metadata: {
        title: `${framework.name} ${framework.version}: evidence kept by Tocsin`,
        // OSCAL asks for a time; that of the making would differ each time.
        'last-modified': period.to,
        version: framework.mapping_version,
        'oscal-version': '1.1.2',
        remarks: report.notice,
      },
      'import-ap': { href: framework.source },
      results: [
        {
          uuid: uuid('result'),
          title: framework.id,
          description: `Records of ${report.tenant} from ${period.from} to ${period.to}.`,
          start: period.from,
          end: period.to,
          remarks: coverageWords(report),
          'reviewed-controls': {
            'control-selections': [
              {
                'include-controls': report.controls.map(control => ({ 'control-id': tokenOf(control.id) })),
              },
            ],
          },
          observations: report.controls.flatMap(control => [
            {
              uuid: uuid('observation', control.id),
              title: control.id,
              description: control.topic,
              props: propsOf(control),
              methods: ['EXAMINE'],
              collected: period.to,
              ...(control.gaps.length === 0 ? {} : { remarks: control.gaps.join('\n') }),
            },
            ...statedOf(control, uuid('statement', control.id)),
          ]),
        },
      ],
    },
  }
}

/** What people of the organisation said is an interview: an observation of its own, so that nobody takes it for a record. */
function statedOf(control: JudgedControl, uuid: string): readonly unknown[] {
  const { own } = control
  if (own === null || own.statement === '') return []
  const props = [
    { name: 'control-id', value: tokenOf(control.id) },
    { name: 'own-statement', value: own.in_force ? 'in force' : 'expired' },
    { name: 'checked', value: 'no' },
  ]
  return [
    {
      uuid,
      title: `${control.id}: stated by the organisation`,
      description: statementLines(own).join('\n'),
      props: props.map(prop => ({ ns: namespace, ...prop })),
      methods: ['INTERVIEW'],
      collected: own.at,
      expires: `${own.expires}T23:59:59Z`,
    },
  ]
}

/**
 * Whose the names of properties are. A name only, in a domain that never resolves (RFC 6761): OSCAL would take a URN,
 * but readers that are in use take URLs alone.
 */
const namespace = 'https://tocsin.invalid/ns/compliance'

function propsOf(control: JudgedControl): readonly unknown[] {
  const props = [
    { name: 'control-id', value: tokenOf(control.id) },
    { name: 'evidence-status', value: control.status },
    { name: 'addressed', value: control.addressed ? 'yes' : 'no' },
    { name: 'owner', value: control.owner },
    ...control.evidence.map(each => ({
      name: each.name,
      value: String(each.count),
      remarks: each.speaks === 'against' ? `${each.title}; should be none` : each.title,
    })),
  ]
  return props.map(prop => ({ ns: namespace, ...prop }))
}

/** OSCAL's `token` knows no spaces and starts with a letter or an underscore. */
function tokenOf(id: string): string {
  const token = id
    .toLowerCase()
    .replace(/[^a-z0-9_.-]+/g, '-')
    .replace(/-+$/, '')
  return /^[a-z_]/.test(token) ? token : `_${token}`
}

/** RFC 9562's namespace for names that are URLs and the like. */
const urlNamespace = Buffer.from('6ba7b8119dad11d180b400c04fd430c8', 'hex')

/** A UUID of version 5 (RFC 9562, by name): OSCAL's datatype takes versions 4 and 5 only. */
function uuidOf(parts: readonly string[]): string {
  const hash = createHash('sha1')
    .update(urlNamespace)
    .update(`${namespace}:${digestOf(parts)}`)
    .digest()
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x50, 6)
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8)
  const hex = hash.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  )
}
