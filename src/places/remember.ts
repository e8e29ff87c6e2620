/** Keeps answers that are asked for again and again, a few thousand at most. The same question has the same answer. */
export function remembered<Asked extends readonly (string | number)[], Answer>(
  work: (...asked: Asked) => Answer
): (...asked: Asked) => Answer {
  const answers = new Map<string, Answer>()
  return (...asked) => {
    const key = asked.join(' ')
    const known = answers.get(key)
    if (known !== undefined) return known
    if (answers.size >= 5000) answers.clear()
    const answer = work(...asked)
    answers.set(key, answer)
    return answer
  }
}
