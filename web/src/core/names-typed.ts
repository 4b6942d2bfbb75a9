// Names as somebody pastes them: a class list, one a line, or with commas between them.

/** Each once, in their order, without blanks around them. */
export function namesTyped(text: string): string[] {
  const names = text.split(/[\s,;]+/u).map(name => name.trim().toLowerCase()).filter(Boolean);
  return [...new Set(names)];
}
