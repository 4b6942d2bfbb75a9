// Where an HTML output is drawn: in the page, where it can be searched and selected, or in the sandboxed frame.
//
// The page takes only what it can draw without loss after sanitising: known elements with known attributes. Everything else, and with it
// everything active, belongs into the frame. So an evasion nobody thought of ends in the frame, too; it has to look like a table to stay.

export type HtmlHome = 'page' | 'frame';

const elements = new Set(
  `html head body a abbr address article b bdi bdo big blockquote br caption center cite code col colgroup dd del details dfn div dl dt em
   figcaption figure font footer h1 h2 h3 h4 h5 h6 header hgroup hr i img ins kbd li main mark meter nobr ol p pre progress q s samp section
   small span strike strong style sub summary sup table tbody td tfoot th thead time tr tt u ul var wbr`.split(/\s+/),
);

const attributes = new Set(
  `abbr align alt bgcolor border cellpadding cellspacing char charoff cite class color colspan datetime dir face headers height high href
   hreflang id lang low max media min nowrap open optimum rel reversed role rowspan rules scope scoped size span src start style summary
   tabindex target title type valign value width`.split(/\s+/),
);

const properties = new RegExp(
  `^(${[
    'background-color|border(-(top|right|bottom|left))?(-(color|style|width))?|border-(radius|collapse|spacing)|box-sizing|caption-side|color',
    'display|empty-cells|float|clear|font(-(family|size|style|variant|weight))?|letter-spacing|line-height|list-style(-type)?',
    'margin(-(top|right|bottom|left))?|padding(-(top|right|bottom|left))?|(min-|max-)?(width|height)|overflow(-[xy])?',
    'table-layout|text-(align|decoration(-(color|line|style))?|indent|overflow|transform)|vertical-align|white-space|word-(break|spacing|wrap)|overflow-wrap|opacity',
  ].join('|')})$`,
);

/** What a script or a document in the document needs; seen without parsing megabytes first. */
const plainlyActive = /<(script|iframe|object|embed|form|svg|math|template|noscript)[\s/>]/i;

/** The scheme of an address as a browser reads it: blanks and control characters around and inside do not hide it. */
export function schemeOf(address: string): string | null {
  const seen = address.replace(/[\u0000-\u0020\u007f-\u00a0\u200b-\u200f\u2028\u2029\ufeff]/g, '');
  return /^([a-z][a-z0-9+.-]*):/i.exec(seen)?.[1]?.toLowerCase() ?? null;
}

/** Whether an address may be followed from the page: relative, or to a place a person would expect. */
export function isPlainLink(address: string): boolean {
  const scheme = schemeOf(address);
  return scheme === null || scheme === 'http' || scheme === 'https' || scheme === 'mailto';
}

/** Whether a picture comes with the output or lies beside the notebook; others would ask a foreign server. */
export function isOwnPicture(address: string): boolean {
  const scheme = schemeOf(address);
  if (scheme === null) return !/^\s*[/\\]{2}/.test(address);
  return scheme === 'attachment' || (scheme === 'data' && /^\s*data:image\/[a-z+.-]+[;,]/i.test(address));
}

function isPlainStyle(text: string): boolean {
  if (/[\\@{}<]|\/\*|url\s*\(|expression\s*\(|image-set|var\s*\(/i.test(text)) return false;
  return text.split(';').every(rule => {
    const colon = rule.indexOf(':');
    return rule.trim() === '' || (colon > 0 && properties.test(rule.slice(0, colon).trim().toLowerCase()));
  });
}

/** The rules pandas and polars send with every table: the page has the same look of its own, so nothing is lost without them. */
function isTableBoilerplate(css: string): boolean {
  const selector = String.raw`\.dataframe[\w\s>:.()-]*`;
  return css.replace(new RegExp(String.raw`${selector}(,\s*${selector})*\{[^{}]*\}`, 'g'), '').trim() === '';
}

function isPlainAttribute(element: Element, name: string, value: string): boolean {
  if (name.startsWith('aria-') || name.startsWith('data-')) return true;
  if (!attributes.has(name)) return false;
  if (name === 'style') return isPlainStyle(value);
  if (name === 'href' || name === 'cite') return isPlainLink(value);
  if (name === 'src') return element.localName === 'img' && isOwnPicture(value);
  return true;
}

function isPlain(element: Element): boolean {
  if (!elements.has(element.localName)) return false;
  if (element.localName === 'style' && !isTableBoilerplate(element.textContent ?? '')) return false;
  return [...element.attributes].every(each => isPlainAttribute(element, each.name.toLowerCase(), each.value));
}

/** Where this HTML belongs. Parses it in an inert document: nothing in it runs or loads. */
export function homeOfHtml(html: string): HtmlHome {
  if (!html.includes('<')) return 'page';
  if (plainlyActive.test(html)) return 'frame';
  const document = new DOMParser().parseFromString(html, 'text/html');
  for (const element of document.querySelectorAll('*')) if (!isPlain(element)) return 'frame';
  return 'page';
}
