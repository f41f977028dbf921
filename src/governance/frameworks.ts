import type { Framework } from './control.ts'
import { cisControls } from './frameworks/cis-controls.ts'
import { euAiAct } from './frameworks/eu-ai-act.ts'
import { gdpr } from './frameworks/gdpr.ts'
import { iso27001 } from './frameworks/iso-27001.ts'
import { mitreAtlas } from './frameworks/mitre-atlas.ts'
import { nis2 } from './frameworks/nis2.ts'
import { nistAiRmf } from './frameworks/nist-ai-rmf.ts'
import { nistCsf } from './frameworks/nist-csf.ts'
import { owaspAgentic } from './frameworks/owasp-agentic.ts'
import { owaspLlm } from './frameworks/owasp-llm.ts'
import { soc2 } from './frameworks/soc-2.ts'

/** Every framework that a report can be made for. A new one is one file and one entry here. */
export const frameworks: readonly Framework[] = [
  nistCsf,
  iso27001,
  cisControls,
  nistAiRmf,
  owaspLlm,
  euAiAct,
  owaspAgentic,
  mitreAtlas,
  soc2,
  gdpr,
  nis2,
]

/** The framework with this id. */
export function frameworkOf(id: string): Framework | undefined {
  return frameworks.find(framework => framework.id === id)
}
