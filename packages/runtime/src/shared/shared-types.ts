/**
 * The types of values in shared memory, written there once, so that a block alone says what it holds.
 *
 *   first -> | next | length | text of the schema, two characters a word | -> ...
 *
 * The list only grows, at its front. Two agents that write the same type at once leave it there twice, which does no harm.
 */
import type { ByteType } from "../types/memory-type.ts";
import { schemaOf, typeOfSchema, type TypeSchema } from "../types/type-schema.ts";
import { TYPE } from "./block-state.ts";
import { TYPES } from "./region-layout.ts";
import { readText, textWords, writeText } from "./text-words.ts";
import type { TransferRegion } from "./transfer-region.ts";
import { pushType, readTypes } from "./words.ts";

export class SharedTypes {
  private readonly region: TransferRegion;
  private readonly places: Map<ByteType, number> = new Map();
  private readonly types: Map<number, ByteType> = new Map();
  private lastType: ByteType | undefined = undefined;
  private lastPlace = 0;
  private lastRead: ByteType | undefined = undefined;
  private lastReadPlace = 0;

  private readonly take: (sizeBytes: number) => number;

  /** `take`: finds room for a type, 0 without any. */
  constructor(region: TransferRegion, take: (sizeBytes: number) => number) {
    this.region = region;
    this.take = take;
  }

  /** Where a type is written; 0 when there is no room for it. */
  placeOf(type: ByteType): number {
    return type === this.lastType ? this.lastPlace : this.findPlace(type);
  }

  private findPlace(type: ByteType): number {
    let place = this.places.get(type);
    if (place === undefined) {
      place = this.write(JSON.stringify(schemaOf(type)));
      // There may be room the next time.
      if (place === 0) return 0;
      this.places.set(type, place);
    }
    this.lastType = type;
    this.lastPlace = place;
    return place;
  }

  /** The type that is written at a place. */
  typeAt(place: number): ByteType {
    return place === this.lastReadPlace && this.lastRead !== undefined ? this.lastRead : this.readType(place);
  }

  private readType(place: number): ByteType {
    let type = this.types.get(place);
    if (type === undefined) {
      type = typeOfSchema(JSON.parse(this.read(place)) as TypeSchema);
      this.types.set(place, type);
    }
    this.lastReadPlace = place;
    return (this.lastRead = type);
  }

  private read(place: number): string {
    return readText(this.region.words, (place >> 2) + 2, this.region.words[(place >> 2) + 1] ?? 0);
  }

  private find(text: string, first: number): number {
    for (let place = first; place !== 0; place = this.region.words[place >> 2] ?? 0) if (this.read(place) === text) return place;
    return 0;
  }

  private write(text: string): number {
    const { region } = this;
    const { words } = region;
    let first = readTypes(words, TYPES);
    const found = this.find(text, first);
    if (found !== 0) return found;
    const place = this.take(8 + textWords(text.length) * 4);
    if (place === 0) return 0;
    region.setState(place, TYPE);
    words[(place >> 2) + 1] = text.length;
    writeText(words, (place >> 2) + 2, text);
    do {
      first = readTypes(words, TYPES);
      words[place >> 2] = first;
    } while (!pushType(words, TYPES, first, place));
    return place;
  }
}
