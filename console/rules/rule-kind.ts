import type { RuleKind } from '../../src/http/contract-rules.ts'
import type { CodeLanguage } from '../components/rule-languages.ts'

const rules = {
  fired: (rule: string) => `rule ${rule} fires`,
  notFired: 'no rule fires',
  wanted: 'must fire',
}

/** What people call a kind of rule, and what its cases are. */
export const ruleKinds: Readonly<
  Record<
    RuleKind,
    {
      readonly name: string
      readonly about: string
      readonly language: CodeLanguage
      readonly cases: string
      readonly oneCase: string
      readonly addCase: string
      readonly noCases: string
      /** What is said of a case's outcome. */
      readonly fired: (rule: string) => string
      readonly notFired: string
      /** What a case with its mark asks for. */
      readonly wanted: string
    }
  >
> = {
  wazuh: {
    name: 'Wazuh rule',
    about: 'XML for a Wazuh 4 manager, run over logs and stored alerts',
    language: 'wazuh',
    cases: 'Logs',
    oneCase: 'Log',
    addCase: 'Add a log',
    noCases:
      'Add a log on which the rule must fire, and one much like it on which it must not. Several lines are several logs in a row.',
    ...rules,
  },
  decoders: {
    name: 'Wazuh decoders',
    about: 'XML for a Wazuh 4 manager: which fields logs have; run over logs and stored alerts',
    language: 'decoders',
    cases: 'Logs',
    oneCase: 'Log',
    addCase: 'Add a log',
    noCases:
      'Add a log that one of the decoders must read, and one of another program that none of them may.',
    fired: decoder => `decoder ${decoder} reads it`,
    notFired: 'none of the decoders reads it',
    wanted: 'must be read',
  },
  lists: {
    name: 'CDB list',
    about: 'key:value lines that rules of a Wazuh 4 manager look into',
    language: 'text',
    cases: 'Values',
    oneCase: 'Value',
    addCase: 'Add a value',
    noCases:
      'Add a value that must be in the list (an address may be there by its prefix), and one that must not.',
    fired: value => `it is there with ${value}`,
    notFired: 'it is not there',
    wanted: 'must be in it',
  },
  sigma: {
    name: 'Sigma rule',
    about: 'YAML over events; for Wazuh 5, or to be turned into a Wazuh rule',
    language: 'sigma',
    cases: 'Events',
    oneCase: 'Event',
    addCase: 'Add an event',
    noCases:
      'Add an event as JSON on which the rule must match, and one much like it on which it must not. Several are several events in a row.',
    ...rules,
  },
  yara: {
    name: 'YARA rule',
    about: 'for files on endpoints, run over samples and clean files',
    language: 'yara',
    cases: 'Texts',
    oneCase: 'Text',
    addCase: 'Add a text',
    noCases: 'Add the text of a small file that the rule must match or must not, or add samples below.',
    ...rules,
  },
}
