/** Seconds of the British ring: two tones together, twice, then quiet. */
const ON = [0, 0.6]
const LENGTH = 0.4
const WHOLE = 3
const HERTZ = [400, 450]

/** Rings, aloud, until it is told to stop. A browser that allows no sound rings to the eye alone. */
export function ringTone(): (on: boolean) => void {
  let context: AudioContext | undefined
  let again: ReturnType<typeof setInterval> | undefined
  const ring = () => {
    context ??= new AudioContext()
    const gain = context.createGain()
    gain.gain.value = 0.08
    gain.connect(context.destination)
    for (const at of ON)
      for (const hertz of HERTZ) {
        const tone = context.createOscillator()
        tone.frequency.value = hertz
        tone.connect(gain)
        tone.start(context.currentTime + at)
        tone.stop(context.currentTime + at + LENGTH)
      }
  }
  return function turn(on) {
    clearInterval(again)
    again = undefined
    if (!on) return void context?.suspend().catch(() => undefined)
    void context?.resume().catch(() => undefined)
    ring()
    again = setInterval(ring, WHOLE * 1_000)
  }
}
