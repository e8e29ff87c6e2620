const said = new Set<string>()

/** Says each piece of news once: danger at once, the rest when there is a pause. */
export function announceNews(): void {
  const news = [...document.querySelectorAll<HTMLElement>('#news [data-news]')]
  const fresh = news.filter(({ dataset }) => !said.has(dataset.news ?? ''))
  for (const { dataset } of fresh) said.add(dataset.news ?? '')
  // What is gone may come back, and is news again.
  const now = new Set(news.map(({ dataset }) => dataset.news ?? ''))
  for (const id of said) if (!now.has(id)) said.delete(id)
  const words = (danger: boolean) =>
    fresh
      .filter(({ dataset }) => (dataset.danger !== undefined) === danger)
      .map(({ textContent }) => textContent)
      .join(' ')
  say('assertive', words(true))
  say('polite', words(false))
}

/** Puts words where a screen reader hears them. */
export function say(manner: 'polite' | 'assertive', words: string): void {
  const region = document.getElementById(manner)
  if (region && words) region.textContent = words
}
