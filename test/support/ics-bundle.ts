const reference = (id: string) => [{ source_name: 'mitre-attack', external_id: id }]
const technique = (id: string, name: string, tactic: string) => ({
  type: 'attack-pattern',
  id: `attack-pattern--${id}`,
  name,
  description: `What ${name} is, in our words.`,
  kill_chain_phases: [{ kill_chain_name: 'mitre-ics-attack', phase_name: tactic }],
  x_mitre_platforms: ['Field Controller'],
  x_mitre_domains: ['ics-attack'],
  x_mitre_version: '1.0',
  external_references: reference(id),
})
const retired = (id: string, name: string, successor: string) => [
  {
    type: 'attack-pattern',
    id: `attack-pattern--${id}`,
    name,
    revoked: true,
    x_mitre_domains: ['ics-attack'],
    external_references: reference(id),
  },
  {
    type: 'relationship',
    id: `relationship--${id}`,
    relationship_type: 'revoked-by',
    source_ref: `attack-pattern--${id}`,
    target_ref: `attack-pattern--${successor}`,
  },
]

/** A bundle of ATT&CK for ICS in the shape that MITRE publishes, of a few techniques. */
export const icsBundle = {
  type: 'bundle',
  id: 'bundle--1',
  objects: [
    {
      type: 'x-mitre-collection',
      id: 'x-mitre-collection--1',
      name: 'ICS ATT&CK',
      x_mitre_version: '18.1',
    },
    technique('T0831', 'Manipulation of Control', 'impact'),
    technique('T0800', 'Activate Firmware Update Mode', 'inhibit-response-function'),
    // Enterprise has a technique and a tactic of these names as well.
    technique('T0859', 'Valid Accounts', 'lateral-movement'),
    ...retired('T0898', 'Old way', 'T0899'),
    ...retired('T0899', 'Newer way', 'T0831'),
    ...retired('T0896', 'Round', 'T0897'),
    ...retired('T0897', 'And round', 'T0896'),
    ...[
      ['TA0105', 'Impact'],
      ['TA0107', 'Inhibit Response Function'],
      ['TA0109', 'Lateral Movement'],
    ].map(([id = '', name]) => ({
      type: 'x-mitre-tactic',
      id: `x-mitre-tactic--${id}`,
      name,
      external_references: reference(id),
    })),
    {
      type: 'malware',
      id: 'malware--1',
      name: 'Bear Relay',
      external_references: reference('S9999'),
    },
  ],
}
