// Many small lit balls drawn into an image by our own hand, with a depth for every pixel: no graphics card is needed.

const LEVELS = 16;   // of light
const FOGS = 6;      // steps from the front to the back, where colors fade a little into the ground
const LIGHT = [-0.42, -0.55, 0.72];  // from the upper left, in front

class Spheres {
  constructor() { this.sprites = new Map(); }

  // A canvas of this size in device pixels to draw into.
  resize(width, height) {
    if (this.width === width && this.height === height) return;
    this.width = width; this.height = height;
    this.canvas = document.createElement("canvas");
    this.canvas.width = width; this.canvas.height = height;
    this.context = this.canvas.getContext("2d");
    this.image = this.context.createImageData(width, height);
    this.pixels = new Uint32Array(this.image.data.buffer);
    this.depth = new Float32Array(width * height);
    this.owner = new Int32Array(width * height);  // which point a pixel shows, so that a click finds its cell
  }

  // Every color in every light and every distance, worked out once for a palette.
  ink(colors, ground) {
    const back = rgba(ground);
    this.table = new Uint32Array(FOGS * 256 * LEVELS);
    colors.forEach((hex, code) => {
      if (!hex) return;
      const own = rgba(hex);
      for (let fog = 0; fog < FOGS; fog++) for (let level = 0; level < LEVELS; level++) {
        const light = 0.52 + 0.56 * (level / (LEVELS - 1)), fade = 0.45 * (fog / (FOGS - 1));
        const [r, g, b] = own.map((c, i) => Math.round(Math.min(255, c * light) * (1 - fade) + back[i] * fade));
        this.table[(fog * 256 + code) * LEVELS + level] = (255 << 24) | (b << 16) | (g << 8) | r;
      }
    });
  }

  // The pixels of a ball of this radius: offsets, how far each stands out, how much light it gets.
  sprite(radius) {
    const size = Math.max(1, Math.round(radius * 4));
    if (this.sprites.has(size)) return this.sprites.get(size);
    const r = size / 4, reach = Math.ceil(r), found = [];
    for (let y = -reach; y <= reach; y++) for (let x = -reach; x <= reach; x++) {
      if (Math.hypot(x, y) > r + 0.35) continue;  // rounder than cut at r, where a ball is a few pixels wide
      const z = Math.sqrt(Math.max(0, 1 - (x * x + y * y) / (r * r)));
      const light = (x / r) * LIGHT[0] + (y / r) * LIGHT[1] + z * LIGHT[2];
      found.push([x, y, z * r, Math.round(Math.max(0, Math.min(1, light)) * (LEVELS - 1))]);
    }
    const made = {
      n: found.length, x: Int32Array.from(found, (f) => f[0]), y: Int32Array.from(found, (f) => f[1]),
      z: Float32Array.from(found, (f) => f[2]), light: Int32Array.from(found, (f) => f[3]),
    };
    this.sprites.set(size, made);
    return made;
  }

  clear() { this.pixels.fill(0); this.depth.fill(-Infinity); this.owner.fill(-1); }

  // place: (3, n) screen x, y and nearness in pixels; codes (n,); radius: per code; near, far: nearness of front and back.
  draw(place, codes, radius, near, far) {
    const { width, height, pixels, depth, owner, table } = this, n = codes.length;
    const [xs, ys, zs] = place, span = Math.max(near - far, 1e-6);
    for (let i = 0; i < n; i++) {
      const code = codes[i], sprite = radius[code], cx = Math.round(xs[i]), cy = Math.round(ys[i]), z = zs[i];
      if (cx < -40 || cy < -40 || cx > width + 40 || cy > height + 40) continue;
      const fog = Math.min(FOGS - 1, Math.max(0, Math.floor(((near - z) / span) * FOGS)));
      const start = (fog * 256 + code) * LEVELS;
      for (let k = 0; k < sprite.n; k++) {
        const x = cx + sprite.x[k], y = cy + sprite.y[k];
        if (x < 0 || y < 0 || x >= width || y >= height) continue;
        const at = y * width + x, front = z + sprite.z[k];
        if (front <= depth[at]) continue;
        depth[at] = front; pixels[at] = table[start + sprite.light[k]]; owner[at] = i;
      }
    }
    this.context.putImageData(this.image, 0, 0);
  }
}
