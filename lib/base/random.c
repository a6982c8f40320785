#include "base/random.h"

#include <math.h>

static uint64_t rotate_left(uint64_t x, int k) { return (x << k) | (x >> (64 - k)); }

/* splitmix64 (Steele, Lea & Flood 2014): turns any seed, 0 included, into well mixed words */
static uint64_t splitmix(uint64_t *x)
{
    uint64_t z = (*x += 0x9e3779b97f4a7c15U);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
}

rs_random rs_random_seed(uint64_t seed, uint64_t stream)
{
    rs_random random;
    uint64_t x = stream;
    x = seed ^ splitmix(&x);
    for (int k = 0; k < 4; k++)
        random.state[k] = splitmix(&x);
    return random;
}

uint64_t rs_random_bits(rs_random *random)
{
    uint64_t *s = random->state;
    uint64_t result = rotate_left(s[1] * 5, 7) * 9;
    uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate_left(s[3], 45);
    return result;
}

double rs_random_uniform(rs_random *random)
{
    return (double)(rs_random_bits(random) >> 11) * 0x1p-53;
}

size_t rs_random_below(rs_random *random, size_t n)
{
    uint64_t bound = n;
    uint64_t rejected = -bound % bound; /* 2^64 mod n: the draws that would favour small values */
    uint64_t bits;
    do
        bits = rs_random_bits(random);
    while (bits < rejected);
    return (size_t)(bits % bound);
}

double rs_random_normal(rs_random *random)
{
    double u = 1 - rs_random_uniform(random); /* (0, 1]: the logarithm stays finite */
    double v = rs_random_uniform(random);
    return sqrt(-2 * log(u)) * cos(2 * 3.14159265358979323846 * v);
}
