import { answerParent } from '../lib/answer-parent.ts'
import { measureSigma } from './measure-sigma.ts'

answerParent(measureSigma)
