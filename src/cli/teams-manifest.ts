import * as z from 'zod'

/** Which of Microsoft's schemas the manifest follows. */
const VERSION = '1.19'
const SCHEMA = `https://developer.microsoft.com/json-schemas/teams/v${VERSION}/MicrosoftTeams.schema.json`
/**
 * What the owner of a team allows as the app is put into it: the bot is brought all that is written in that team's
 * standard channels, not only what names it ("Receive all conversation messages with RSC", learn.microsoft.com).
 */
const HEARS = 'ChannelMessage.Read.Group'

const https = z
  .url('is no whole address; write it like https://door.example.org/privacy')
  .max(2048, 'is longer than 2,048 characters')
  .refine((url) => url.startsWith('https://'), 'must begin with https://')
  .refine((url) => !isHere(url), 'leads to this machine, where no one at Teams can reach it')
const guid = z.guid('must be a GUID, as in the Microsoft admin pages')
const words = (most: number) =>
  z.string().trim().min(1, 'is missing').max(most, `is longer than ${most} characters`)
const domain = z
  .string()
  .max(2048)
  .regex(
    /^(?!-)[a-z0-9-]+(\.[a-z0-9-]+)+$/i,
    'is no domain; write it without https:// and with no star'
  )
const scope = z.enum(['personal', 'team', 'groupChat'])
const permission = z.strictObject({
  name: z.literal(HEARS),
  type: z.literal('Application'),
})
const icon = z.string().regex(/^[\w-]+\.png$/, 'must be a PNG beside the manifest')

/**
 * The rules a Teams app package is refused by, as far as this manifest can break them. From Microsoft: "App manifest schema
 * for Teams" (learn.microsoft.com/microsoftteams/platform/resources/schema/manifest-schema) and the JSON schema in
 * github.com/OfficeDev/microsoft-teams-app-schema. Unknown fields are refused, as there.
 */
export const manifestShape = z.strictObject({
  $schema: z.literal(SCHEMA),
  manifestVersion: z.literal(VERSION),
  version: z
    .string()
    .max(256)
    .regex(/^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/, 'must be like 1.2.3'),
  id: guid,
  developer: z.strictObject({
    name: words(32),
    websiteUrl: https,
    privacyUrl: https,
    termsOfUseUrl: https,
  }),
  name: z.strictObject({ short: words(30), full: words(100) }),
  description: z.strictObject({ short: words(80), full: words(4000) }),
  icons: z.strictObject({ color: icon, outline: icon }),
  accentColor: z.string().regex(/^#[0-9a-f]{6}$/i, 'must be a colour like #12304f'),
  bots: z
    .array(
      z.strictObject({
        botId: guid,
        scopes: z.array(scope).min(1).max(3),
        isNotificationOnly: z.boolean(),
        supportsFiles: z.boolean(),
      })
    )
    .length(1),
  validDomains: z.array(domain).max(16),
  webApplicationInfo: z.strictObject({ id: guid, resource: https }),
  authorization: z.strictObject({
    permissions: z.strictObject({
      resourceSpecific: z.array(permission).min(1).max(16),
    }),
  }),
})
export type Manifest = z.infer<typeof manifestShape>

/** What an operator says of their app. */
export interface AppGiven {
  appId: string
  /** Where the door answers: https, with no path. */
  url: string
  name: string
  organisation: string
  privacy: string
  terms: string
  version: string
}

/**
 * The manifest, or everything that is wrong with it by the name the operator knows it by. It asks to hear channels, so that
 * a thread reads like any other; where that is refused, what names the bot is heard all the same.
 */
export function manifestOf(given: AppGiven): { manifest: Manifest } | { faults: string[] } {
  const made = written(given)
  const checked = manifestShape.safeParse(made)
  if (checked.success) return { manifest: checked.data }
  const faults = checked.error.issues.map(({ path, message }) => {
    const field = path.join('.')
    return `${NAMES[field] ?? field} ${message}`
  })
  return { faults: [...new Set(faults)] }
}

function written({ appId, url, name, organisation, privacy, terms, version }: AppGiven) {
  return {
    $schema: SCHEMA,
    manifestVersion: VERSION,
    version,
    id: appId,
    developer: {
      name: organisation,
      websiteUrl: url,
      privacyUrl: privacy,
      termsOfUseUrl: terms,
    },
    name: { short: name, full: `${name}, health and social care` },
    description: {
      short: 'Take the people who ring, text or write to the front door',
      full: 'Care navigators are asked here when someone needs a person. They take the contact, write to people who text, write down what was agreed, and say when they are on a break. Where the organisation wants it, a text conversation is held as a thread in a channel: what its navigator writes in that thread is sent to the person. Nothing else that is written in a channel is sent or kept.',
    },
    icons: { color: 'color.png', outline: 'outline.png' },
    accentColor: '#12304F',
    bots: [
      {
        botId: appId,
        scopes: ['personal', 'team', 'groupChat'],
        isNotificationOnly: false,
        supportsFiles: false,
      },
    ],
    validDomains: URL.canParse(url) ? [new URL(url).hostname] : [],
    // Teams wants an address here, and does nothing with it.
    webApplicationInfo: { id: appId, resource: url },
    authorization: {
      permissions: { resourceSpecific: [{ name: HEARS, type: 'Application' }] },
    },
  }
}

/** Where each field comes from. */
const NAMES: Readonly<Record<string, string>> = {
  id: 'MICROSOFT_APP_ID',
  'bots.0.botId': 'MICROSOFT_APP_ID',
  'developer.websiteUrl': 'PUBLIC_URL',
  'webApplicationInfo.id': 'MICROSOFT_APP_ID',
  'webApplicationInfo.resource': 'PUBLIC_URL',
  'validDomains.0': 'PUBLIC_URL',
  'developer.name': '--organisation',
  'developer.privacyUrl': '--privacy',
  'developer.termsOfUseUrl': '--terms',
  'name.short': '--name',
  'name.full': '--name',
  version: '--version',
}

const isHere = (url: string) =>
  !URL.canParse(url) ||
  /^(localhost|127\.|0\.0\.0\.0|\[::1?\]|10\.|192\.168\.|.*\.local$)/.test(new URL(url).hostname)
