// Measures intel beside references in the same run: `npm run bench intel [indicators] [techniques] [matcher]`.
// The measuring data lies beside the checkout and is not shipped; the matcher needs none.
import { sharedData } from '../test/support/shared-data.ts'
import { benchIndicators } from './intel/indicators.ts'
import { benchMatcher } from './intel/matcher.ts'
import { benchTechniques } from './intel/techniques.ts'

const wanted = new Set(process.argv.slice(2))
const runs = (name: string) => wanted.size === 0 || wanted.has(name)

const ioc = sharedData('ioc')
if (runs('indicators') && ioc !== undefined) benchIndicators(ioc)
const cti = sharedData('cti')
if (runs('techniques') && cti !== undefined) benchTechniques(cti)
if (runs('matcher')) benchMatcher()
