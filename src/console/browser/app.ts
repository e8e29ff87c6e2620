import { createAll, Header, SkipLink } from 'nhsuk-frontend'
import { actByScript } from './acts.ts'
import { keepFresh } from './fresh.ts'
import { announceNews } from './news.ts'

document.body.classList.add('js-enabled', 'nhsuk-frontend-supported')
createAll(Header)
createAll(SkipLink)
announceNews()
actByScript()
keepFresh()

document.addEventListener('click', (event) => {
  const link =
    event.target instanceof Element && event.target.closest<HTMLAnchorElement>('a[data-window]')
  if (!link) return
  event.preventDefault()
  window.open(link.href, link.target, 'popup,width=460,height=760')?.focus()
})

// A button that only a script can serve is there only with one.
for (const print of document.querySelectorAll<HTMLElement>('[data-print]')) {
  print.hidden = false
  print.addEventListener('click', () => window.print())
}
