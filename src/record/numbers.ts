/**
 * UK numbers that cost whoever rings or texts them: premium (09), shared cost (084, 087), personal (070) and pagers (076,
 * but for the Isle of Man's 07624). Ofcom, National Telephone Numbering Plan. Someone who shows one, or makes it
 * up, is heard and kept as anyone else, and no call or text of ours goes there.
 */
const COSTLY = /^\+44(?:9|8[47]|70|76(?!24))/

/** Whether an address is a telephone number that may be rung or texted. */
export const mayReach = (address: string): boolean =>
  /^\+[1-9]\d{6,14}$/.test(address) && !COSTLY.test(address)
