#pragma once

#include <cmath>
#include <cstdint>

namespace reelbatch::vision {

/// max(R, G, B) of Y'CbCr as integers of 16 bits whose bins are exactly those of the fractions.
///
/// Unit: 1/73 level. Limited range stretches luma by 255/219 = 85/73, so luma is a whole number of
/// units, a bin is 8 * 73, and only whole units of the chroma terms can decide a bin: each is
/// floored to units, and the rest is integer arithmetic. Red and blue hang on one sample, whose 256
/// values stay .001 units away from the next whole one: Q16 is fine enough. Green hangs on two and
/// comes as near as 8e-6: Q25, of which each weight is kept as `high` * 2^16 + `low`, both int16.
/// histogram_test compares the bins of all (Y, Cb, Cr).
struct ValueWeights {
  static constexpr int kUnitsPerLevel = 73;
  static constexpr int kRedBlueBits = 16;
  static constexpr int kGreenBits = 25;
  static constexpr uint16_t kUnitsPerBin = 8 * kUnitsPerLevel;
  // floor(x / 584) = (x * kBinFactor) >> (16 + kBinShift) for all x < 2^16: the factor is 456 / 584
  // too large, which adds up to a unit of the quotient at x = 2^25 / 456 = 73584.
  static constexpr uint16_t kBinFactor = 57457;
  static constexpr int kBinShift = 9;
  static_assert(uint32_t{kBinFactor} * kUnitsPerBin - (1U << (16 + kBinShift)) == 456);

  struct Linear {
    int32_t weight = 0;
    int32_t offset = 0;
  };
  struct Green {
    int16_t cb = 0;
    int16_t cr = 0;
    int32_t offset = 0;
  };

  uint16_t luma = 0;        // units per level of Y
  uint8_t bins_before = 0;  // bins below the first one, so that no sum is negative
  Linear red;               // of Cr, Q16
  Linear blue;              // of Cb, Q16
  Green green_high;         // Q25, the upper 16 bits
  Green green_low;          // the lower 16

  ValueWeights(bool full_range, bool bt709) {
    // ITU-R BT.601 and BT.709: the weights of red and blue in luma; all else follows from them.
    const double kr = bt709 ? 0.2126 : 0.299;
    const double kb = bt709 ? 0.0722 : 0.114;
    const double kg = 1 - kr - kb;
    const double units = kUnitsPerLevel * (full_range ? 1.0 : 255.0 / 224.0);
    luma = full_range ? kUnitsPerLevel : 85;
    bins_before = full_range ? 0 : 3;
    const int black = full_range ? 0 : 16 * luma;
    // Every term has it; the half rounds V to nearest.
    const double base = bins_before * kUnitsPerBin - black + kUnitsPerLevel / 2.0;
    const auto linear = [&](double weight) {
      constexpr double kOne = 1 << kRedBlueBits;
      return Linear{.weight = static_cast<int32_t>(std::lround(weight * kOne)),
                    .offset = static_cast<int32_t>(std::lround((base - 128 * weight) * kOne))};
    };
    red = linear(2 * (1 - kr) * units);
    blue = linear(2 * (1 - kb) * units);
    const double cb = -2 * (1 - kb) * kb / kg * units;
    const double cr = -2 * (1 - kr) * kr / kg * units;
    Split(cb, green_high.cb, green_low.cb);
    Split(cr, green_high.cr, green_low.cr);
    const int64_t offset = std::lround((base - 128 * (cb + cr)) * (1 << kGreenBits));
    green_high.offset = static_cast<int32_t>(offset >> 16);
    green_low.offset = static_cast<int32_t>(offset & 0xFFFF);
  }

 private:
  static void Split(double weight, int16_t& high, int16_t& low) {
    const auto fixed = static_cast<int32_t>(std::lround(weight * (1 << kGreenBits)));
    low = static_cast<int16_t>(fixed & 0xFFFF);
    high = static_cast<int16_t>((fixed - low) / (1 << 16));
  }
};

}  // namespace reelbatch::vision
