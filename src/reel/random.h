#pragma once

#include <cstdint>

namespace reelbatch::reel {

/// SplitMix64: a hash of 64 bits and, fed a counter, a generator. Ours because what std::random
/// gives differs between libraries. Source: Steele, Lea, Flood, "Fast splittable pseudorandom
/// number generators", 2014.
constexpr uint64_t Mix64(uint64_t x) {
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint64_t Bits() {
    state_ += 0x9e3779b97f4a7c15ULL;
    return Mix64(state_);
  }
  /// [0, 1), 24 bits: exact in float and double alike.
  double Unit() { return static_cast<double>(Bits() >> 40) / 16777216.0; }
  double Between(double low, double high) { return low + (high - low) * Unit(); }

 private:
  uint64_t state_;
};

}  // namespace reelbatch::reel
