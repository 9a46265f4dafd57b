/**
 * Bytes that come in pieces, put together as they come. A list of the pieces would cost its sender a
 * byte each, and us a hundred.
 */
export class GatheredBytes {
  #space = Buffer.alloc(0);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(piece: Uint8Array): void {
    const needed = this.#size + piece.length;
    if (needed > this.#space.length) this.#grow(needed);
    this.#space.set(piece, this.#size);
    this.#size = needed;
  }

  bytes(): Buffer {
    return this.#space.subarray(0, this.#size);
  }

  #grow(needed: number): void {
    const grown = Buffer.allocUnsafe(Math.max(needed, 2 * this.#space.length));
    grown.set(this.bytes());
    this.#space = grown;
  }
}
