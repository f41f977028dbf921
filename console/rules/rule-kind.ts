import type { RuleKind } from '../../src/http/contract-rules.ts'
import type { CodeLanguage } from '../components/rule-languages.ts'

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
  },
  yara: {
    name: 'YARA rule',
    about: 'for files on endpoints, run over samples and clean files',
    language: 'yara',
    cases: 'Texts',
    oneCase: 'Text',
    addCase: 'Add a text',
    noCases: 'Add the text of a small file that the rule must match or must not, or add samples below.',
  },
}
