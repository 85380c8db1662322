// An animated GIF, written picture by picture: 256 colors, which is what a tissue and its legend need, and it opens anywhere.

const CLEAR = 256, END = 257, MOST = 4096;

class Bytes {
  constructor() { this.parts = []; this.part = new Uint8Array(1 << 16); this.used = 0; }
  byte(value) {
    if (this.used === this.part.length) { this.parts.push(this.part); this.part = new Uint8Array(1 << 16); this.used = 0; }
    this.part[this.used++] = value;
  }
  all(values) { for (const value of values) this.byte(value); }
  pair(value) { this.byte(value & 255); this.byte(value >> 8); }
  text(words) { for (const letter of words) this.byte(letter.charCodeAt(0)); }
  blob(type) { return new Blob([...this.parts, this.part.subarray(0, this.used)], { type }); }
}

// palette: up to 256 colors [r, g, b]. Pictures play for ever.
class Gif {
  constructor(width, height, palette) {
    this.width = width; this.height = height; this.out = new Bytes();
    this.known = new Uint16Array(MOST * 256);  // (code before, next pixel) -> code
    this.out.text("GIF89a");
    this.out.pair(width); this.out.pair(height);
    this.out.all([0xf7, 0, 0]);
    for (let i = 0; i < 256; i++) this.out.all(palette[i] || [0, 0, 0]);
    this.out.all([0x21, 0xff, 11]); this.out.text("NETSCAPE2.0"); this.out.all([3, 1, 0, 0, 0]);
  }

  // pixels: one palette index each, row by row. time: in s.
  add(pixels, time) {
    this.out.all([0x21, 0xf9, 4, 0]); this.out.pair(Math.round(time * 100)); this.out.all([0, 0]);
    this.out.byte(0x2c); this.out.pair(0); this.out.pair(0); this.out.pair(this.width); this.out.pair(this.height); this.out.byte(0);
    this.pack(pixels);
  }

  pack(pixels) {
    const out = this.out, known = this.known, block = new Uint8Array(255);
    let filled = 0, bits = 0, held = 0, size = 9, next = END + 1;
    const emit = (code) => {
      held |= code << bits; bits += size;
      while (bits >= 8) { put(held & 255); held >>>= 8; bits -= 8; }
    };
    const put = (value) => {
      block[filled++] = value;
      if (filled === 255) { out.byte(255); out.all(block); filled = 0; }
    };
    out.byte(8);
    known.fill(0);
    emit(CLEAR);
    let before = pixels[0];
    for (let i = 1; i < pixels.length; i++) {
      const at = before * 256 + pixels[i];
      if (known[at]) { before = known[at]; continue; }
      emit(before);
      if (next === MOST) { emit(CLEAR); known.fill(0); size = 9; next = END + 1; }
      else { if (next === 1 << size) size++; known[at] = next++; }
      before = pixels[i];
    }
    emit(before);
    emit(END);
    if (bits > 0) put(held & 255);
    if (filled) { out.byte(filled); out.all(block.subarray(0, filled)); }
    out.byte(0);
  }

  finish() { this.out.byte(0x3b); return this.out.blob("image/gif"); }
}
