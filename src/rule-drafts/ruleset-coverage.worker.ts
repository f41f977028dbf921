import { answerParent } from './answer-parent.ts'
import { rulesetCoverage } from './ruleset-coverage.ts'

answerParent(rulesetCoverage)
