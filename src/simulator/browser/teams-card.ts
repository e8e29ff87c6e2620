import { AdaptiveCard, ExecuteAction, HostConfig, OpenUrlAction, SubmitAction } from 'adaptivecards'
import type { Card } from './api.ts'
import { el } from './elements.ts'

const INK = { default: '#0b0c0c', subtle: '#4a5358' }
const inks = {
  default: INK,
  attention: { default: '#942514', subtle: '#942514' },
  warning: { default: '#7a3600', subtle: '#7a3600' },
  good: { default: '#005a30', subtle: '#005a30' },
  accent: { default: '#12304f', subtle: '#12304f' },
}
const style = (backgroundColor: string) => ({ backgroundColor, foregroundColors: inks })

const look = (actionsOrientation: 'vertical' | 'horizontal') =>
  new HostConfig({
    fontFamily: 'inherit',
    spacing: { small: 4, default: 10, medium: 14, large: 18, extraLarge: 24, padding: 14 },
    separator: { lineThickness: 1, lineColor: '#c3c9cd' },
    fontSizes: { small: 14, default: 16, medium: 17, large: 20, extraLarge: 24 },
    fontWeights: { lighter: 300, default: 400, bolder: 700 },
    actions: {
      actionsOrientation,
      actionAlignment: actionsOrientation === 'vertical' ? 'stretch' : 'left',
      buttonSpacing: 8,
      maxActions: 20,
      showCard: { actionMode: 'inline', inlineTopMargin: 12, style: 'emphasis' },
    },
    inputs: {
      label: {
        inputSpacing: 'small',
        requiredInputs: { weight: 'bolder', color: 'default', suffix: ' (needed)' },
        optionalInputs: { weight: 'bolder', color: 'default' },
      },
      errorMessage: { color: 'attention', weight: 'bolder', spacing: 'small' },
    },
    factSet: {
      title: { weight: 'default', isSubtle: true, wrap: true, maxWidth: 150 },
      value: { weight: 'bolder', wrap: true },
      spacing: 16,
    },
    containerStyles: {
      default: style('#ffffff'),
      emphasis: style('#eef1f3'),
      attention: style('#fbe3e1'),
      warning: style('#fdefdd'),
      good: style('#dff1e6'),
      accent: style('#e4eef8'),
    },
  })
const ASKS = look('vertical')
const STAFF = look('horizontal')

// Teams shows bold in cards and takes the backslash off what is escaped; everything else stays the words it is.
AdaptiveCard.onProcessMarkdown = (text, result) => {
  const safe = el('span', {}, text).innerHTML
  result.outputHtml = safe.replace(
    /\\(&\w+;|[^\w\s])|\*\*(.+?)\*\*/g,
    (_all, mark?: string, bold?: string) => mark ?? `<strong>${bold}</strong>`
  )
  result.didProcess = true
}

/** Drawn by Microsoft's own renderer, so that what is seen here is what Teams shows. */
export function drawCard(
  { card, raw, actions }: Card,
  send: (does: Record<string, unknown>) => void
): HTMLElement {
  const forStaff = JSON.stringify(raw).includes('"Action.Execute"')
  const drawing = new AdaptiveCard()
  drawing.hostConfig = forStaff ? STAFF : ASKS
  drawing.parse(raw)
  drawing.onExecuteAction = (pressed) => {
    if (pressed instanceof OpenUrlAction) return void window.open(pressed.url, '_blank', 'noopener')
    if (!(pressed instanceof SubmitAction || pressed instanceof ExecuteAction)) return
    const at = actions.find(({ action, title }) => action === pressed.id || title === pressed.title)
    const filled = Object.entries(pressed.data ?? {}).filter(([name]) => !OWN.includes(name))
    if (at) send({ click: { card, action: at.action, data: Object.fromEntries(filled) } })
  }
  const shown = drawing.render() ?? 'This card can not be drawn'
  const box = el(
    'div',
    { class: forStaff ? 'card staff' : 'card', onclick: () => mend(box) },
    shown
  )
  return box
}

/** The renderer says of a block that it is expanded, which only a button may be. */
function mend(box: HTMLElement): void {
  for (const block of box.querySelectorAll('.ac-container[aria-expanded]'))
    block.removeAttribute('aria-expanded')
}

/** What a button holds itself; the rest of what it sends was filled in. */
const OWN = ['act', 'card', 'choice', 'turn', 'msteams']
