/**
 * Whether a text may nest so deeply that a parser which calls itself for each level would overflow its stack. Counts brackets without reading
 * strings and comments apart, so it errs to yes; known miss: nesting whose every level holds a string or comment with a closing bracket.
 */

/** Far below what overflows the smallest stacks (1 MB), far above what people write. */
const MAX_LEVELS = 400;
/** Chains without brackets (`a ? b : c ? d : ...`, `else if`, arrows): the parser takes 10,000 links on an 8 MB stack. */
const MAX_LINKS = 2_000;

const ROUND_OPEN = 40, ROUND_CLOSE = 41, SQUARE_OPEN = 91, SQUARE_CLOSE = 93, CURLY_OPEN = 123, CURLY_CLOSE = 125, ANGLE_OPEN = 60, ANGLE_CLOSE = 62, SEMICOLON = 59, QUESTION = 63, COMMA = 44, EQUALS = 61;

/** One pass over the text, about a nanosecond a character. A chain ends with its statement, its brackets or, but between angles, its comma. */
export function nestsDeeply(text: string): boolean {
  const links = new Uint32Array(MAX_LEVELS + 1);
  let sum = 0;
  let level = 0;
  let angles = 0;
  const cut = (): void => {
    sum -= links[level] ?? 0;
    links[level] = 0;
  };
  const link = (): boolean => {
    links[level] = (links[level] ?? 0) + 1;
    sum += 1;
    return sum > MAX_LINKS;
  };
  for (let index = 0; index < text.length; index += 1) {
    switch (text.charCodeAt(index)) {
      case ROUND_OPEN:
      case SQUARE_OPEN:
      case CURLY_OPEN:
        level += 1;
        if (level > MAX_LEVELS) return true;
        break;
      case ROUND_CLOSE:
      case SQUARE_CLOSE:
      case CURLY_CLOSE:
        cut();
        if (level > 0) level -= 1;
        break;
      case ANGLE_OPEN:
        angles += 1;
        if (angles > MAX_LEVELS) return true;
        break;
      case ANGLE_CLOSE:
        if (text.charCodeAt(index - 1) === EQUALS) {
          if (link()) return true;
        } else if (angles > 0) angles -= 1;
        break;
      case QUESTION:
        if (link()) return true;
        break;
      case COMMA:
        if (angles === 0) cut();
        break;
      case SEMICOLON:
        angles = 0;
        cut();
        break;
    }
  }
  return false;
}
