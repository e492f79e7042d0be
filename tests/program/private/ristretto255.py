"""The group ristretto255 in plain Python, with the names of RFC 9496, sections 4.1 and 4.3.

The time of Python's integers depends on their values, so somebody who can measure this program could
learn its secrets. Use it to learn and to test, not to protect anything.
"""

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = 37095705934669439343138083508754565189542113879843219016388785533085940283555
SQRT_M1 = 19681161376707505956807079304988542015446066515923890162744021073123829784752
SQRT_AD_MINUS_ONE = 25063068953384623474111414158702152701244531502492656460079210482610430750235
INVSQRT_A_MINUS_D = 54469307008909316920995813868745141605393597292927456921205312896311721017578
ONE_MINUS_D_SQ = (1 - D * D) % P
D_MINUS_ONE_SQ = (D - 1) ** 2 % P
IDENTITY = (0, 1, 1, 0)


def is_negative(x):
    return x % P % 2 == 1


def ct_abs(x):
    return -x % P if is_negative(x) else x % P


def sqrt_ratio_m1(u, v):
    """Whether u/v is a square, and the root of it or of SQRT_M1 * u/v that is not negative."""
    r = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    check = v * r * r % P
    correct, flipped = check == u % P, check == -u % P
    if flipped or check == -u * SQRT_M1 % P:
        r = r * SQRT_M1 % P
    return correct or flipped, ct_abs(r)


def decode(encoded):
    s = int.from_bytes(encoded, "little")
    if len(encoded) != 32 or s >= P or is_negative(s):
        raise ValueError("a point that is not valid")
    u1, u2 = 1 - s * s, 1 + s * s
    v = -D * u1 * u1 - u2 * u2
    was_square, invsqrt = sqrt_ratio_m1(1, v * u2 * u2)
    den_x = invsqrt * u2
    x, y = ct_abs(2 * s * den_x), u1 * invsqrt * den_x * v % P
    if not was_square or is_negative(x * y) or y == 0:
        raise ValueError("a point that is not valid")
    return x, y, 1, x * y % P


def encode(point):
    x, y, z, t = point
    u1, u2 = (z + y) * (z - y), x * y
    _, invsqrt = sqrt_ratio_m1(1, u1 * u2 * u2)
    den1, den2 = invsqrt * u1, invsqrt * u2
    z_inv = den1 * den2 * t
    if is_negative(t * z_inv):
        x, y, den2 = y * SQRT_M1, x * SQRT_M1, den1 * INVSQRT_A_MINUS_D
    if is_negative(x * z_inv):
        y = -y
    return ct_abs(den2 * (z - y)).to_bytes(32, "little")


def add(p, q):
    """Adds two points in extended coordinates of the twisted Edwards curve with a = -1."""
    (x1, y1, z1, t1), (x2, y2, z2, t2) = p, q
    a, b = (y1 - x1) * (y2 - x2) % P, (y1 + x1) * (y2 + x2) % P
    c, d = 2 * D * t1 * t2 % P, 2 * z1 * z2 % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def multiply(scalar, point):
    product = IDENTITY
    for bit in bin(scalar % ORDER)[2:]:
        product = add(product, product)
        if bit == "1":
            product = add(product, point)
    return product


def from_uniform_bytes(uniform):
    return add(*(elligator(uniform[i : i + 32]) for i in (0, 32)))


def elligator(half):
    """The function MAP of RFC 9496."""
    t = int.from_bytes(half, "little") % 2**255
    r = SQRT_M1 * t * t % P
    u, v = (r + 1) * ONE_MINUS_D_SQ, (-1 - r * D) * (r + D) % P
    was_square, s = sqrt_ratio_m1(u, v)
    if was_square:
        c = -1
    else:
        s, c = -ct_abs(s * t), r
    n = c * (r - 1) * D_MINUS_ONE_SQ - v
    w0, w1, w2, w3 = 2 * s * v, n * SQRT_AD_MINUS_ONE, 1 - s * s, 1 + s * s
    return w0 * w3 % P, w2 * w1 % P, w1 * w3 % P, w0 * w2 % P
