import { XMLValidator } from 'fast-xml-parser'

/** What XML 1.0 lets a document hold (https://www.w3.org/TR/xml/#charsets); the validator does not look. */
const FORBIDDEN = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u
const REFERENCES = /&(?!(?:amp|lt|gt|quot|apos);)/

/** Why a document is no XML; empty when it is. */
export function xmlFault(document: string): string {
  if (!document.isWellFormed()) return 'it holds half a character'
  const [forbidden] = FORBIDDEN.exec(document) ?? []
  if (forbidden !== undefined) return `it holds U+${forbidden.codePointAt(0)?.toString(16)}`
  if (REFERENCES.test(document.replace(/<!\[CDATA\[.*?\]\]>/gs, '')))
    return 'it holds a bare ampersand, or a name XML does not know'
  const sound = XMLValidator.validate(document)
  return sound === true ? '' : sound.err.msg
}
