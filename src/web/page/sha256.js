// SHA-256 (FIPS 180-4).
//
// A page that came over plain HTTP from another machine has no `crypto.subtle`, so the digest is
// computed here. It serves the proofs of a returning member, which are a few dozen bytes long.

/** The first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
const CONSTANTS = rootsOfPrimes(64, 3);

/** The same of the square roots of the first 8 primes. */
const INITIAL = rootsOfPrimes(8, 2);

/**
 * The SHA-256 digest of these parts, one after another.
 * @param {...Uint8Array} parts
 * @returns {Uint8Array} 32 bytes
 */
export function sha256(...parts) {
  const message = padded(parts);
  const state = Uint32Array.from(INITIAL);
  const view = new DataView(message.buffer);
  const words = new Uint32Array(64);
  for (let block = 0; block < message.length; block += 64) {
    for (let at = 0; at < 16; at += 1) {
      words[at] = view.getUint32(block + 4 * at);
    }
    compress(state, words);
  }
  const digest = new DataView(new ArrayBuffer(32));
  state.forEach((word, at) => digest.setUint32(4 * at, word));
  return new Uint8Array(digest.buffer);
}

/** The parts, a one bit, zeros, and the length in bits: a multiple of 64 bytes. */
function padded(parts) {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const message = new Uint8Array(Math.ceil((length + 9) / 64) * 64);
  let at = 0;
  for (const part of parts) {
    message.set(part, at);
    at += part.length;
  }
  message[length] = 0x80;
  const view = new DataView(message.buffer);
  view.setUint32(message.length - 8, Math.floor(length / 2 ** 29));
  view.setUint32(message.length - 4, (length * 8) >>> 0);
  return message;
}

/** Mixes a block, whose 16 words are at the start of `words`, into the state. */
function compress(state, words) {
  for (let at = 16; at < 64; at += 1) {
    const [early, late] = [words[at - 15], words[at - 2]];
    const first = turn(early, 7) ^ turn(early, 18) ^ (early >>> 3);
    const second = turn(late, 17) ^ turn(late, 19) ^ (late >>> 10);
    words[at] = words[at - 16] + first + words[at - 7] + second;
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let at = 0; at < 64; at += 1) {
    const choice = (e & f) ^ (~e & g);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    const first = h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + choice + CONSTANTS[at] + words[at];
    const second = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + majority;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
  }
  [a, b, c, d, e, f, g, h].forEach((word, at) => {
    state[at] += word;
  });
}

/** Rotates 32 bits to the right. */
function turn(word, by) {
  return (word >>> by) | (word << (32 - by));
}

/**
 * The first 32 bits of the fractional part of the `degree`th root of each of the first `count`
 * primes, computed with integers: the root of `prime * 2^(32 * degree)`, rounded down, modulo 2^32.
 */
function rootsOfPrimes(count, degree) {
  const roots = new Uint32Array(count);
  for (let found = 0, candidate = 2; found < count; candidate += 1) {
    if (isPrime(candidate)) {
      const scaled = BigInt(candidate) << BigInt(32 * degree);
      roots[found] = Number(BigInt.asUintN(32, root(scaled, BigInt(degree))));
      found += 1;
    }
  }
  return roots;
}

function isPrime(number) {
  for (let divisor = 2; divisor * divisor <= number; divisor += 1) {
    if (number % divisor === 0) {
      return false;
    }
  }
  return true;
}

/** The greatest number below 2^40 whose power of this degree is not greater than `power`. */
function root(power, degree) {
  let found = 0n;
  for (let bit = 1n << 39n; bit > 0n; bit >>= 1n) {
    if ((found | bit) ** degree <= power) {
      found |= bit;
    }
  }
  return found;
}
