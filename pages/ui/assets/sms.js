// A text as the network sends it, and its fields: the same rules as core/sms, for what must answer while somebody types.
const BASIC = new Set('@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?'
  + '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà');
const EXTENSION = new Set('\f^{}\\[~]|€');
const GSM = { name: 'GSM-7', alone: 160, part: 153, cost: septets };
const UNICODE = { name: 'UCS-2', alone: 70, part: 67, cost: (character) => character.length };
const FIELD = /\{\{ *(\p{L}[^{}|\n]*)(?:\|([^{}\n]*))?\}\}|\{ *(\p{L}[^{}|\n]*)(?:\|([^{}\n]*))?\}/gu;

function septets(character) {
  if (BASIC.has(character)) { return 1; }
  return EXTENSION.has(character) ? 2 : 0;
}

// Encoding, units, segments, units that still fit into the last one, and the characters that force Unicode.
export function count(text) {
  const characters = Array.from(text); // by code point, so a pair of surrogates is one
  const forcedBy = [...new Set(characters.filter((character) => !septets(character)))];
  const kind = forcedBy.length ? UNICODE : GSM;
  const costs = characters.map(kind.cost);
  const units = costs.reduce((sum, cost) => sum + cost, 0);
  if (units <= kind.alone) {
    return { encoding: kind.name, units, segments: units ? 1 : 0, left: kind.alone - units, forcedBy };
  }
  let segments = 1;
  let used = 0;
  costs.forEach((cost) => {
    if (used + cost > kind.part) {
      segments += 1;
      used = 0;
    }
    used += cost;
  });
  return { encoding: kind.name, units, segments, left: kind.part - used, forcedBy };
}

// Letters of either case as one: by way of the capital, since ß and ς have no other counterpart. A dotless ı is no i.
function caseless(text) {
  return Array.from(text, (letter) => (letter === 'ı' ? letter : letter.toUpperCase().toLowerCase())).join('');
}

export function fold(text) {
  if (/^[\0-\x7f]*$/.test(text)) { return text.toLowerCase(); }
  const once = caseless(text.normalize('NFKD'));
  return caseless(once.normalize('NFKD')).normalize('NFKD').replace(/\p{M}/gu, '');
}

// The text in pieces, in order: {text, kind}; kind is plain, filled, or missing (a field that has no value).
export function pieces(text, values) {
  const found = [];
  let place = 0;
  for (const match of text.matchAll(FIELD)) {
    if (match.index > place) { found.push({ text: text.slice(place, match.index), kind: 'plain' }); }
    const name = fold(match[1] || match[3]).split(/\s+/).filter(Boolean).join('_');
    const fallback = match[1] ? match[2] : match[4];
    const value = (Object.hasOwn(values, name) ? values[name] : '').trim() || fallback;
    found.push(value === undefined ? { text: match[0], kind: 'missing' } : { text: value, kind: 'filled' });
    place = match.index + match[0].length;
  }
  if (place < text.length) { found.push({ text: text.slice(place), kind: 'plain' }); }
  return found;
}

// What it costs, in words, and beside it why.
export function words(text) {
  const counted = count(text);
  const parts = counted.segments === 1 ? '1 segment' : counted.segments + ' segments';
  const unit = counted.units === 1 ? '1 character' : counted.units.toLocaleString('en-US') + ' characters';
  const said = parts + ' · ' + unit + ' · ' + counted.left + ' left';
  if (!counted.forcedBy.length) { return said; }
  const listed = counted.forcedBy.slice(0, 5).map((character) => '“' + character + '”').join(' ');
  return said + ' · Unicode because of ' + listed + (counted.forcedBy.length > 5 ? ' …' : '');
}
