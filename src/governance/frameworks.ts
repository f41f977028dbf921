import type { Framework } from './control.ts'
import { cisControls } from './frameworks/cis-controls.ts'
import { euAiAct } from './frameworks/eu-ai-act.ts'
import { iso27001 } from './frameworks/iso-27001.ts'
import { nistAiRmf } from './frameworks/nist-ai-rmf.ts'
import { nistCsf } from './frameworks/nist-csf.ts'
import { owaspLlm } from './frameworks/owasp-llm.ts'

/** Every framework that a report can be made for. A new one is one file and one entry here. */
export const frameworks: readonly Framework[] = [nistCsf, iso27001, cisControls, nistAiRmf, owaspLlm, euAiAct]

/** The framework with this id. */
export function frameworkOf(id: string): Framework | undefined {
  return frameworks.find(framework => framework.id === id)
}
