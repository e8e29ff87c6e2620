import type { Teams, TeamsMessage, TeamsPerson } from './teams.ts'

/** What the bot is called: "@Front door" names it. */
export const BOT_NAME = 'Front door'

interface Typed {
  say: string
  attach?: readonly string[] | undefined
}

/** Words as Teams sends them: names marked, and what is quoted put before them, in the plain text with no mark between. */
export function formatted(
  teams: Teams,
  { place }: TeamsPerson,
  { say, attach = [] }: Typed,
  quoted: TeamsMessage | undefined
) {
  const bot = { id: `28:${teams.exchange.keys.teams.appId}`, name: BOT_NAME }
  const people = [...teams.people.values()].filter((one) => one.place === place)
  const known = [bot, ...people.map(({ id, name }) => ({ id, name }))]
  const mentioned = known.filter(({ name }) => say.includes(`@${name}`))
  const marked = mentioned.reduce(
    (text, { name }) => text.replaceAll(`@${name}`, `<at>${name}</at>`),
    say
  )
  const preview = quoted?.activity.text ?? ''
  const html = quoted && [
    { contentType: 'text/html', content: `${quoteOf(quoted.id, preview)}<p>${marked}</p>` },
  ]
  const files = attach.map((contentType) => ({ contentType, contentUrl: 'https://example.org/1' }))
  return {
    text: quoted ? `${BOT_NAME}${preview}${marked}` : marked,
    entities: mentioned.map(({ id, name }) => ({
      type: 'mention',
      text: `<at>${name}</at>`,
      mentioned: { id, name },
    })),
    ...((html || files.length > 0) && { attachments: [...(html ?? []), ...files] }),
    named: mentioned.includes(bot),
  }
}

const quoteOf = (id: string, preview: string) =>
  `<blockquote itemscope="" itemtype="http://schema.skype.com/Reply" itemid="${id}"><strong itemprop="mri">${BOT_NAME}</strong><p itemprop="preview">${preview}</p></blockquote>`
