import type { Spoken } from './api.ts'
import { byId } from './elements.ts'

/** Reads aloud what the door says, where the browser can and the person has asked for it. */
export function speaker(): { say(spoken: readonly Spoken[]): void; hush(): void } {
  const wanted = byId<HTMLInputElement>('aloud')
  const voice = 'speechSynthesis' in window ? window.speechSynthesis : null
  if (!voice) wanted.closest('p')?.remove()
  wanted.addEventListener('change', () => voice?.cancel())
  return {
    say(spoken) {
      if (!voice || !wanted.checked) return
      for (const { text, language = 'en-GB' } of spoken) {
        const words = new SpeechSynthesisUtterance(text.replace(/^\[.*\]$/, ''))
        words.lang = language
        voice.speak(words)
      }
    },
    hush: () => voice?.cancel(),
  }
}
