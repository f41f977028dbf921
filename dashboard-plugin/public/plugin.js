// The browser's part of the plugin: a page, a button in the top bar that opens a flyout, and nothing of our own but the
// frame in which Tocsin's page is shown. What is open in the dashboard goes there as data; who the person is goes there as
// a token that the plugin's server signed for them a moment ago. There is no key in here.

const id = 'tocsin'

/** The platform calls this and then `setup`, `start`, `stop`. */
export function plugin() {
  return {
    setup(core, dependencies) {
      const settings = readSettings(core)
      core.application.register({
        id,
        title: 'Tocsin',
        category: { id: 'tocsin', label: 'Tocsin', order: 500 },
        order: 10,
        async mount({ element }) {
          return showTocsin(element, core, await settings, dependencies?.data)
        },
      })
      return {}
    },
    start(core, dependencies) {
      core.chrome.navControls.registerRight({
        order: 1000,
        mount: element => mountButton(element, core, dependencies?.data),
      })
      return {}
    },
    stop() {},
  }
}

function readSettings(core) {
  return core.http.get('/api/tocsin/settings')
}

function mountButton(element, core, data) {
  const button = element.ownerDocument.createElement('button')
  button.type = 'button'
  button.className = 'euiHeaderSectionItemButton'
  button.textContent = 'Ask Tocsin'
  button.setAttribute('data-test-subj', 'tocsin-ask')
  const open = async () => {
    const settings = await readSettings(core)
    core.overlays.openFlyout(target => showTocsin(target, core, settings, data), {
      'aria-label': 'Tocsin',
      size: 'm',
      ownFocus: true,
    })
  }
  button.addEventListener('click', () => void open())
  element.append(button)
  return () => button.remove()
}

/** Shows Tocsin's page in `element`; returns what takes it away again. */
function showTocsin(element, core, settings, data) {
  const document = element.ownerDocument
  const window = document.defaultView
  const origin = new URL(settings.url).origin
  const frame = document.createElement('iframe')
  frame.title = 'Tocsin'
  frame.src = `${settings.url.replace(/\/+$/, '')}/embed`
  frame.setAttribute(
    'sandbox',
    'allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox',
  )
  frame.setAttribute('referrerpolicy', 'origin')
  Object.assign(frame.style, { border: '0', width: '100%', height: '100%', minHeight: '70vh' })
  const answer = async event => {
    // Only our own frame is spoken to, and only at Tocsin's address.
    if (event.source !== frame.contentWindow || event.origin !== origin) return
    if (event.data?.kind !== 'tocsin-ready') return
    const { token } = await core.http.post('/api/tocsin/token')
    frame.contentWindow.postMessage(
      { kind: 'tocsin-session', token, context: contextOf(window, data) },
      origin,
    )
  }
  window.addEventListener('message', answer)
  element.append(frame)
  return () => {
    window.removeEventListener('message', answer)
    frame.remove()
  }
}

/** What the person looks at: the agent that Wazuh's pages have pinned, filters, time range, the alert that is open. */
function contextOf(window, data) {
  const address = decodeURIComponent(window.location.href)
  const agent = /[?&]agentId=(\d{3,8})\b/.exec(address)?.[1]
  const alert = /[?&/](?:id|doc)[=/](?:[^/?&]*\/)?([\w.-]{4,100})/.exec(address)?.[1]
  const filters = (data?.query?.filterManager?.getFilters?.() ?? [])
    .filter(filter => !filter.meta?.disabled && filter.meta?.key !== undefined)
    .slice(0, 20)
    .map(filter => ({
      field: String(filter.meta.key).slice(0, 200),
      value: String(filter.meta.params?.query ?? filter.meta.value ?? '').slice(0, 500),
      negated: filter.meta.negate === true,
    }))
  const pinned = filters.find(filter => filter.field === 'agent.id' && !filter.negated)?.value
  const time = data?.query?.timefilter?.timefilter?.getTime?.()
  return {
    agentId: agent ?? pinned ?? null,
    alertId: alert ?? null,
    filters,
    from: time?.from ?? null,
    to: time?.to ?? null,
  }
}
