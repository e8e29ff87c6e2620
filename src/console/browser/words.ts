/** What is wrong with the line, in words that say what to do. By the names the voice SDK gives. */
const WARNINGS: Record<string, string> = {
  'high-rtt': 'The network is slow. You may talk over each other: leave short gaps.',
  'high-jitter': 'The network is uneven. Words may break up.',
  'high-packet-loss':
    'The network loses parts of the call. Move nearer to the router, or use a cable.',
  'high-packets-lost-fraction':
    'The network loses parts of the call. Move nearer to the router, or use a cable.',
  'low-mos': 'The sound is poor. Have your own number rung if it goes on.',
  'low-bytes-received': 'You may not hear them: no sound is coming in.',
  'low-bytes-sent': 'They may not hear you: no sound is going out. Look at your microphone.',
  'constant-audio-input-level': 'Your microphone hears nothing. Is it muted, or unplugged?',
  'ice-connectivity-lost': 'The connection broke. It is being made again.',
}

/** A warning of the line in words; an unknown one is said too. */
export const warningWords = (name: string): string =>
  WARNINGS[name] ?? 'The line is not as good as it should be.'

/** By the code of the voice SDK, or the name of the browser's own error. */
const FAULTS: Record<string, string> = {
  NotAllowedError:
    'The microphone is not allowed. Allow it by the lock beside the address, then turn the phone on again.',
  NotFoundError: 'No microphone was found. Plug one in, then turn the phone on again.',
  NotReadableError: 'Another program has the microphone. Close it, then turn the phone on again.',
  '31401':
    'The microphone is not allowed. Allow it by the lock beside the address, then turn the phone on again.',
  '31402': 'The microphone could not be used. Plug it in again, then turn the phone on again.',
  '31005': 'The connection to the telephone network broke. It is tried again by itself.',
  '31009': 'The telephone network can not be reached. Your own number can be rung instead.',
  '20101': 'The phone was not let in. Turn it on again.',
  '20104': 'The phone’s pass has run out. Turn it on again.',
  '53000': 'The connection to the telephone network broke. It is tried again by itself.',
}

/** What went wrong with the phone, in words. */
export function faultWords(fault: unknown): string {
  const { code, name } = (fault ?? {}) as { code?: unknown; name?: unknown }
  const known = FAULTS[String(code)] ?? FAULTS[String(name)]
  return known ?? 'The phone has stopped. Turn it on again, or have your own number rung.'
}
