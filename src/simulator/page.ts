import { html } from 'hono/html'

const KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#']
const KEY_NAMES: Record<string, string> = { '*': 'star', '#': 'hash' }

/** The page that drives the simulator. Everything that moves is filled in by app.js. */
export function page(staffToken: string) {
  return html`<!doctype html>
<html lang="en-GB">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="staff-token" content="${staffToken}">
  <title>Front door simulator</title>
  <link rel="icon" href="data:,">
  <link rel="stylesheet" href="/simulator/app.css">
  <script type="module" src="/simulator/app.js"></script>
</head>
<body>
  <a class="skip" href="#caller">Skip to the phone</a>
  <header class="top">
    <p class="brand">Front door <span>simulator</span></p>
    <p class="note">Draft, not clinically reviewed. Demo: no real calls are made.</p>
  </header>
  ${world}
  <main class="columns">
    ${caller}
    ${service}
  </main>
  <div id="fault" class="fault" role="alert" hidden></div>
</body>
</html>`
}

const world = html`<section class="world" aria-label="Place and time">
    <div class="place">
      <label for="place">Place</label>
      <select id="place"></select>
    </div>
    <div class="clock">
      <p class="clock-now"><span id="clock-label">Service time</span>
        <time id="now" aria-describedby="clock-label">…</time></p>
      <div class="jumps" role="group" aria-label="Move the clock">
        <button type="button" data-jump="now">Now</button>
        <button type="button" data-jump="later">+2 hours</button>
        <button type="button" data-jump="tuesday">Tue 14:20</button>
        <button type="button" data-jump="holiday">Bank holiday</button>
        <button type="button" data-jump="night">03:00</button>
      </div>
    </div>
  </section>`

const keypad = html`<div class="keypad" role="group" aria-label="Keypad">
          ${KEYS.map(
            (key) =>
              html`<button type="button" data-key="${key}" ${KEY_NAMES[key] ? html`aria-label="${KEY_NAMES[key]}"` : ''}>${key}</button>`
          )}
        </div>`

const phone = html`<div id="panel-phone" role="tabpanel" aria-labelledby="tab-phone" class="panel">
      <div id="phone-idle" class="idle">
        <p class="dialled"><span id="dial-name">Health and care</span> <strong id="dial-number">…</strong></p>
        <div class="field"><label for="dial-line">Line</label><select id="dial-line"></select></div>
        <div class="field"><label for="dial-from">Ring from</label>
          <select id="dial-from">
            <option value="+447700900123">A mobile, 07700 900123</option>
            <option value="+442079460850">A landline, 020 7946 0850</option>
            <option value="anonymous">A withheld number</option>
          </select></div>
        <button type="button" id="ring" class="go">Ring the front door</button>
      </div>
      <div id="phone-call" class="handset" hidden>
        <div class="handset-top"><p id="call-with" class="call-with"></p><p id="call-state" class="call-state" role="status"></p></div>
        <div id="heard" class="heard" role="log" aria-live="polite" aria-label="What is said on the call" tabindex="0"></div>
        <p id="awaits" class="awaits" role="status"></p>
        <div id="call-keys" class="call-keys">
          ${keypad}
          <div class="call-ends"><button type="button" id="silent">Stay silent</button>
            <button type="button" id="hang-up" class="stop">Hang up</button></div>
        </div>
        <form id="say-form" class="say">
          <div class="say-row"><input id="say" aria-label="What you say" placeholder="Or say something" autocomplete="off" maxlength="1000"><button type="submit">Say</button></div>
        </form>
        <button type="button" id="again" class="go" hidden>New call</button>
      </div>
    </div>`

const text = html`<div id="panel-text" role="tabpanel" aria-labelledby="tab-text" class="panel" hidden>
      <div class="field"><label for="text-line">Text</label><select id="text-line"></select></div>
      <div class="field"><label for="text-from">From</label>
        <select id="text-from">
          <option value="+447700900123">07700 900123</option>
          <option value="+447700900456">07700 900456</option>
        </select></div>
      <div id="text-starts" class="thread starts"></div>
      <div id="thread" class="thread" role="log" aria-live="polite" aria-label="Text messages" tabindex="0" hidden></div>
      <form id="text-form" class="say">
        <label for="text-body">Message</label>
        <div class="say-row"><input id="text-body" autocomplete="off" maxlength="1600"><button type="submit">Send</button></div>
      </form>
    </div>`

const teams = html`<div id="panel-teams" role="tabpanel" aria-labelledby="tab-teams" class="panel" hidden>
      <div class="field"><label for="teams-who">You are</label><select id="teams-who"></select></div>
      <div class="field" id="teams-as-field" hidden><label for="teams-as">Speaking as</label><select id="teams-as"></select></div>
      <div id="teams-thread" class="thread" role="log" aria-live="polite" aria-label="Teams messages" tabindex="0"></div>
      <form id="teams-form" class="say">
        <label for="teams-say" id="teams-say-label">Message</label>
        <button type="button" class="reply" id="teams-say-new" hidden>Write outside the thread</button>
        <div class="say-row"><input id="teams-say" autocomplete="off" maxlength="12000"><button type="submit">Send</button></div>
      </form>
    </div>`

const caller = html`<section id="caller" class="caller" aria-labelledby="caller-title" tabindex="-1">
      <h1 id="caller-title">Reach the front door</h1>
      <p class="lead">As someone who needs help, or who helps.</p>
      <div class="tab-row"><div class="tabs" role="tablist" aria-label="How you reach the door">
        <button type="button" role="tab" id="tab-phone" aria-controls="panel-phone" aria-selected="true">Phone</button>
        <button type="button" role="tab" id="tab-text" aria-controls="panel-text" aria-selected="false" tabindex="-1">Text</button>
        <button type="button" role="tab" id="tab-teams" aria-controls="panel-teams" aria-selected="false" tabindex="-1">Teams</button>
      </div>
      <p class="aloud"><input type="checkbox" id="aloud"> <label for="aloud">Read aloud</label></p></div>
      ${phone}${text}${teams}
    </section>`

const service = html`<section class="service" aria-labelledby="service-title">
      <h2 id="service-title">What the service does</h2>
      <p class="lead">The contact log, as staff see it. It fills as you answer.</p>
      <div id="ringing" aria-live="assertive"></div>
      <div id="contact"></div>
      <div id="contacts"></div>
    </section>`
