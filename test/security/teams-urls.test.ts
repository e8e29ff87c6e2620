import { expect, it } from 'vitest'
import { teamsUrls } from '../../src/security/teams-urls.ts'

it.each([
  ['https://smba.trafficmanager.net/uk/', true],
  ['https://smba.trafficmanager.net/amer/0b1c/', true],
  ['https://SMBA.trafficmanager.net/uk/', true],
  ['https://europe.botframework.com/', true],
  ['https://smba.infra.gcc.teams.microsoft.com/teams', true],
  ['https://smba.infra.teams.microsoft.com/', true],
  ['http://smba.trafficmanager.net/uk/', false],
  ['https://smba.trafficmanager.net:8443/', false],
  ['https://who:what@smba.trafficmanager.net/', false],
  ['https://evil.trafficmanager.net/', false],
  ['https://smba.trafficmanager.net.evil.example/', false],
  ['https://evil.example/smba.trafficmanager.net', false],
  ['https://evil.example#.botframework.com', false],
  ['https://evil.example\\.botframework.com', false],
  ['https://botframework.com.x/', false],
  ['https://evilbotframework.com/', false],
  ['https://teams.microsoft.com/', false],
  ['https://169.254.169.254/', false],
  ['https://localhost/', false],
  ['https://127.0.0.1/', false],
  ['https://[::1]/', false],
  ['https://0x7f.1/', false],
  ['http://2130706433/', false],
  ['ftp://smba.trafficmanager.net/', false],
  ['//smba.trafficmanager.net/', false],
  ['', false],
])('in real use, may %s be called? %s', (url, may) => {
  expect(teamsUrls({}).mayCall(url)).toBe(may)
})

it.each([
  ['http://127.0.0.1:8787/simulator/teams-service/', true],
  ['http://127.0.0.1:6379/', false],
  ['https://127.0.0.1:8787/', false],
  ['http://localhost:8787/', false],
  ['http://127.0.0.1:8787@evil.example/', false],
  ['https://smba.trafficmanager.net/uk/', false],
])('with the simulator, may %s be called? %s', (url, may) => {
  const openIdUrl =
    'http://127.0.0.1:8787/simulator/teams-service/v1/.well-known/openidconfiguration'
  expect(teamsUrls({ openIdUrl }).mayCall(url)).toBe(may)
})

it.each([
  ['nothing', {}, 'https://login.microsoftonline.com/botframework.com/oauth2/v2.0/token'],
  ['a tenant', { tenantId: 't-1' }, 'https://login.microsoftonline.com/t-1/oauth2/v2.0/token'],
  [
    'an address',
    { loginUrl: 'http://127.0.0.1:1/login/t/' },
    'http://127.0.0.1:1/login/t/oauth2/v2.0/token',
  ],
])('signs in where %s says', (_name, given, token) => {
  expect(teamsUrls(given).token).toBe(token)
})
