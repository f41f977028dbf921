import { answerParent } from '../lib/answer-parent.ts'
import { rulesetCoverage } from './ruleset-coverage.ts'

answerParent(rulesetCoverage)
