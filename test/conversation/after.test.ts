import { expect, it } from 'vitest'
import { afterEnd } from '../../src/conversation/after.ts'
import { english } from '../words/shipped.ts'

const { hear } = english.common

it.each([
  ['thanks', 'thanks'],
  ['Thank you so much!', 'thanks'],
  ['ok thanks x', 'thanks'],
  ['ta love 👍', 'thanks'],
  ['👍', 'thanks'],
  ['...', 'thanks'],
  ['hello', 'new'],
  ['🆘', 'new'],
  ['no', 'new'],
  ['yes', 'new'],
  ['thanks but she is worse', 'new'],
  ['thank you. one more thing', 'new'],
  ['thanks '.repeat(1000), 'thanks'],
])('soon after the end, %j is %s', (text, meant) => expect(afterEnd(text, hear, false)).toBe(meant))

it.each([
  ['1', 'thanks'],
  ['One.', 'thanks'],
  ['yes', 'thanks'],
  ['Yes thank you', 'thanks'],
  ['2', 'person'],
  ['two', 'person'],
  ['no', 'person'],
  ['no they did not come', 'new'],
  ['1 2', 'new'],
  ['yes but she is worse', 'new'],
])('when asked whether they reached 999, %j is %s', (text, meant) =>
  expect(afterEnd(text, hear, true)).toBe(meant)
)
