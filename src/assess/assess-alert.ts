import type { Alert } from '../domain/alert.ts'
import type { Verdict } from '../domain/verdict.ts'
import { type AlertView, viewOf } from './alert-view.ts'
import { calibrate } from './calibration.ts'
import { type Signal, type SignalReader, signalFrom } from './signal.ts'
import { authenticationSignals } from './signals/authentication-signals.ts'
import { cloudSignals } from './signals/cloud-signals.ts'
import { commandSignals } from './signals/command-signals.ts'
import { directorySignals } from './signals/directory-signals.ts'
import { fileSignals } from './signals/file-signals.ts'
import { linuxSignals } from './signals/linux-signals.ts'
import { networkSignals } from './signals/network-signals.ts'
import { platformSignals } from './signals/platform-signals.ts'
import { processSignals } from './signals/process-signals.ts'
import { productSignals } from './signals/product-signals.ts'
import { registrySignals } from './signals/registry-signals.ts'
import { ruleSignals } from './signals/rule-signals.ts'
import { serviceSignals } from './signals/service-signals.ts'
import { webSignals } from './signals/web-signals.ts'

/** Every family of signals: one file in `signals/`, one line here. */
const signalReaders: readonly SignalReader[] = [
  ruleSignals,
  commandSignals,
  processSignals,
  fileSignals,
  serviceSignals,
  registrySignals,
  authenticationSignals,
  directorySignals,
  networkSignals,
  webSignals,
  linuxSignals,
  cloudSignals,
  productSignals,
  platformSignals,
]

/** What one alert looks like, and why. */
export interface Assessment {
  readonly alertKey: string
  readonly verdict: Verdict
  /** Calibrated probability, 0 to 1, that the alert needs a person. */
  readonly probability: number
  /** Strongest first. */
  readonly signals: readonly Signal[]
}

/** The signals of one alert by itself, strongest first. */
export function signalsOf(alert: Alert): Signal[] {
  const view = viewOf(alert)
  const found = signalReaders.flatMap(read => read(view))
  return [...found, ...withoutReasons(view, found)].sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
}

/** Most alerts that nothing but their level speaks for are noise; from level 8 on whoever wrote the rule knew why. */
function withoutReasons(view: AlertView, found: readonly Signal[]): Signal[] {
  return found.every(({ id }) => id === 'level') && view.alert.rule.level < 8
    ? [signalFrom('nothing-telling', -0.6, 'nothing in it is known from attacks', view.description)]
    : []
}

/**
 * The log-odds of signals together. In each direction the strongest counts in full, the next by half, then a
 * quarter: reasons overlap (a download cradle in an encoded command is one act), and ten weak hints are no proof.
 */
export function logOddsOf(signals: readonly Signal[]): number {
  const damped = (weights: number[]) =>
    weights
      .sort((a, b) => Math.abs(b) - Math.abs(a))
      .reduce((sum, weight, index) => sum + weight / 2 ** index, 0)
  const weights = signals.map(signal => signal.weight)
  return damped(weights.filter(weight => weight > 0)) + damped(weights.filter(weight => weight < 0))
}

/** Whether an alert by itself speaks of an attack (about three in four do turn out so). For grouping. */
export function speaksOfAttack(alert: Alert): boolean {
  return logOddsOf(signalsOf(alert)) >= 0.8
}

/** Log-odds from which an alert is strong enough to colour others. */
export const strongLogOdds = 1.5

/** The assessment that signals amount to. */
export function assessmentOf(alertKey: string, signals: readonly Signal[]): Assessment {
  const probability = calibrate(logOddsOf(signals))
  return { alertKey, verdict: verdictOf(probability, signals), probability, signals }
}

/**
 * A verdict for a probability. Below one half the alert is either real but expected behaviour (something explains
 * it) or no sign of anything; close below it, nobody should decide without looking.
 */
function verdictOf(probability: number, signals: readonly Signal[]): Verdict {
  if (probability >= 0.5) return 'true_positive'
  if (probability >= 0.4) return 'undetermined'
  const explained = signals.some(signal => signal.weight <= -1 && benignExplanations.has(signal.id))
  return explained ? 'benign_true_positive' : 'false_positive'
}

const benignExplanations = new Set([
  'account-disabled',
  'account-tool',
  'allowed-traffic',
  'cloud-data',
  'cloud-reading',
  'configuration-assessment',
  'container-state',
  'device',
  'firewall-blocked',
  'package-writer',
  'service-account-made',
  'switched-user',
  'administration',
  'agent-assessment',
  'antivirus-test-file',
  'drive-mapping',
  'encoded-command-harmless',
  'few-failures',
  'installer',
  'mistyped-password',
  'ordinary-group',
  'other-credentials',
  'own-access',
  'own-password',
  'password-reset',
  'user-copy',
  'policy-applied',
  'package-change',
  'product-task',
  'promiscuous-container',
  'published',
  'service-start',
  'package-folder',
  'product-parent',
  'product-script',
  'update-folder',
  'update-traffic',
  'updater',
  'usual-module',
  'vulnerability',
  'vendor-autostart',
  'vendor-service',
  'windows-task',
  'windows-writer',
])
