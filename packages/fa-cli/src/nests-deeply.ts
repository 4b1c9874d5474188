/**
 * Whether a text may nest so deeply that a parser which calls itself for each level would overflow its stack. Counts brackets without reading
 * strings and comments apart, so it errs to yes; known miss: nesting whose every level holds a string or comment with a closing bracket.
 */

/** Far below what overflows the smallest stacks (1 MB), far above what people write. */
const MAX_LEVELS = 400;
/** Chains without brackets (`a ? b : c ? d : ...`, `else if`, arrows): the parser takes 10,000 links on an 8 MB stack. */
const MAX_LINKS = 2_000;

const ROUND_OPEN = 40, ROUND_CLOSE = 41, SQUARE_OPEN = 91, SQUARE_CLOSE = 93, CURLY_OPEN = 123, CURLY_CLOSE = 125, ANGLE_OPEN = 60, ANGLE_CLOSE = 62, SEMICOLON = 59, QUESTION = 63;

/** One pass over the text, about a nanosecond a character. */
export function nestsDeeply(text: string): boolean {
  let level = 0;
  let angles = 0;
  let links = 0;
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
        if (level > 0) level -= 1;
        break;
      case ANGLE_OPEN:
        angles += 1;
        if (angles > MAX_LEVELS) return true;
        break;
      case ANGLE_CLOSE:
        if (text.charCodeAt(index - 1) === 61) links += 1;
        else if (angles > 0) angles -= 1;
        if (links > MAX_LINKS) return true;
        break;
      case QUESTION:
        links += 1;
        if (links > MAX_LINKS) return true;
        break;
      case SEMICOLON:
        angles = 0;
        links = 0;
        break;
    }
  }
  return false;
}
