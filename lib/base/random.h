/* Random numbers: xoshiro256** (Blackman & Vigna 2018, "Scrambled linear pseudorandom number
 * generators"), seeded through splitmix64. The same seed gives the same bits on every machine. */
#ifndef RS_RANDOM_H
#define RS_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/* The whole state; copying it copies the generator, so a checkpoint can hold it. */
typedef struct rs_random {
    uint64_t state[4];
} rs_random;

/* A generator for this seed and stream. Different streams of one seed (weights, data, shuffling)
 * are independent, so that changing one never changes the others. */
rs_random rs_random_seed(uint64_t seed, uint64_t stream);

uint64_t rs_random_bits(rs_random *random);

/* Uniform in [0, 1), 53 bits. */
double rs_random_uniform(rs_random *random);

/* Uniform in 0 … n−1, without bias (draws that would favour small values are drawn again); n ≥ 1.
 */
size_t rs_random_below(rs_random *random, size_t n);

/* Standard normal (Box & Muller 1958, the cosine half). */
double rs_random_normal(rs_random *random);

#endif
